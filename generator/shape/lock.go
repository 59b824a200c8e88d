package shape

import "go/types"

// lockHint is the way out of locks: generated code passes structs by value.
const lockHint = "pass the data in a struct of its own, without the lock"

// holdsLock reports whether copying a t copies a lock, as go vet sees it.
func holdsLock(t types.Type) bool {
	if isLock(t) {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Array:
		return holdsLock(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if holdsLock(f.Type()) {
				return true
			}
		}
	}
	return false
}

// isLock reports whether pointers to t can be locked and t itself cannot.
func isLock(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return false
	}
	lock, unlock := method(named, "Lock", nothing), method(named, "Unlock", nothing)
	return lock != nil && unlock != nil && (hasPointerReceiver(lock) || hasPointerReceiver(unlock))
}
