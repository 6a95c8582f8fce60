//go:build race

package main

// raceDetector says that the program is built with the race detector, with which it takes many times the memory
// and the time.
const raceDetector = true
