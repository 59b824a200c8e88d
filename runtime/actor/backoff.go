package actor

import (
	"math/bits"
	"time"
)

// delayStep is the step in which brokers hold delays; see package amqp.
const delayStep = 250 * time.Millisecond

// backoff returns the wait before the retry that follows attempt earlier
// failures: lowest·2^attempt·U(1,2), and highest·U(0.5,1) once that is above
// highest, never below lowest. random is from [0,1).
func backoff(lowest, highest time.Duration, attempt int, random float64) time.Duration {
	highest = max(lowest, highest)
	d := time.Duration(float64(highest) * (0.5 + random/2))
	// Beyond 62 doublings every wait is above every limit.
	if grown := float64(lowest) * float64(uint64(1)<<min(attempt, 62)) * (1 + random); grown <= float64(highest) {
		d = time.Duration(grown)
	}
	return roundDelay(max(d, lowest), lowest)
}

// roundDelay rounds d to three significant bits of delayStep, because each bit
// is one more queue that the message passes through on the broker. It rounds
// down where that stays at or above lowest, else up.
func roundDelay(d, lowest time.Duration) time.Duration {
	const significant = 3
	drop := bits.Len64(uint64(d/delayStep)) - significant
	if drop < 0 {
		return d
	}
	coarse := delayStep << drop
	if down := d / coarse * coarse; down >= lowest {
		return down
	}
	return (d + coarse - 1) / coarse * coarse
}
