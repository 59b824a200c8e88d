// Package setting reads what our commands are told: flags, the environment
// variables that stand in for them, and brokers. Nothing that it says shows a
// value that may hold a password.
package setting
