// Package app puts BetFlow together: it reads the configuration, opens what is
// embedded or connects to what is not, starts every part in the order of the
// data's way, and stops them in the same order. It is the only package that
// knows which mode the program runs in.
package app
