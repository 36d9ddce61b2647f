// Package engines starts real engines by the scripts beside it and holds the
// program to its promises on them. The tests need the tag "engines", Java, and
// package registries the first time: `make test-engines`.
package engines
