package amqp

import (
	"io"
	"net"
	"os"
	"syscall"
	"unsafe"
)

// quickConn is a TCP connection that does not tell Go's scheduler of every
// system call. The socket does not block, so a call takes microseconds and
// there is nothing that the scheduler could do in between; but being told, it
// wakes its monitor thread at nearly every one of them when a process sends in
// bursts. Measured with 64 senders: a sixth of the CPU of a message.
//
// Where the socket is not ready, the runtime's poller is waited for as usual,
// so deadlines and Close work as they do with a *net.TCPConn.
type quickConn struct {
	*net.TCPConn
	raw syscall.RawConn
}

// quick returns c, made quick if it is a TCP connection.
func quick(c net.Conn) net.Conn {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return c
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return c
	}
	return &quickConn{tcp, raw}
}

// Read implements [net.Conn].
func (c *quickConn) Read(b []byte) (n int, err error) {
	if len(b) == 0 {
		return 0, nil
	}
	var failure syscall.Errno
	err = c.raw.Read(func(fd uintptr) (done bool) {
		n, failure = try(syscall.SYS_READ, fd, b)
		return failure != syscall.EAGAIN
	})
	switch {
	case err != nil:
		return 0, err
	case failure != 0:
		return 0, c.failed("read", failure)
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

// Write implements [net.Conn]. What the socket does not take at once is written
// in the ordinary way.
func (c *quickConn) Write(b []byte) (n int, err error) {
	if len(b) == 0 {
		return 0, nil
	}
	var failure syscall.Errno
	err = c.raw.Write(func(fd uintptr) (done bool) {
		n, failure = try(syscall.SYS_WRITE, fd, b)
		return true
	})
	switch {
	case err != nil:
		return 0, err
	case failure != 0 && failure != syscall.EAGAIN:
		return 0, c.failed("write", failure)
	case n == len(b):
		return n, nil
	}
	rest, err := c.TCPConn.Write(b[n:])
	return n + rest, err
}

// try makes one system call on a socket that does not block.
func try(call, fd uintptr, b []byte) (int, syscall.Errno) {
	for {
		n, _, failure := syscall.RawSyscall(call, fd, uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
		switch failure {
		case 0:
			return int(n), 0
		case syscall.EINTR:
		default:
			return 0, failure
		}
	}
}

func (c *quickConn) failed(operation string, failure syscall.Errno) error {
	return &net.OpError{
		Op: operation, Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(),
		Err: os.NewSyscallError(operation, failure),
	}
}
