//go:build linux && !386 && !s390x

package amqp

import (
	"crypto/tls"
	"encoding/binary"
	"net"
	"syscall"
	"unsafe"
)

// Where the fields are in struct tcp_info (linux/tcp.h, since Linux 4.6).
const (
	offsetBytesAcked = 120 // 64 bits
	offsetNotSent    = 144 // 32 bits
	tcpInfoSize      = offsetNotSent + 4
)

// tcpProgress returns how many bytes the peer's TCP has acknowledged, and how
// many our kernel has not sent yet; zeros if it does not tell.
func tcpProgress(c net.Conn) (acked uint64, unsent uint32) {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	conn, ok := c.(syscall.Conn)
	if !ok {
		return 0, 0
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, 0
	}
	_ = raw.Control(func(fd uintptr) {
		var info [tcpInfoSize]byte
		size := uint32(tcpInfoSize)
		_, _, failure := syscall.RawSyscall6(syscall.SYS_GETSOCKOPT, fd, syscall.IPPROTO_TCP, syscall.TCP_INFO,
			uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0)
		if failure == 0 && size == tcpInfoSize {
			acked = binary.NativeEndian.Uint64(info[offsetBytesAcked:])
			unsent = binary.NativeEndian.Uint32(info[offsetNotSent:])
		}
	})
	return acked, unsent
}
