// Package table reads CSV files by the names of their columns and remembers
// where every cell stands. What cannot be read is a feed.Defect with file, line
// and column; an empty cell is missing, never zero.
package table
