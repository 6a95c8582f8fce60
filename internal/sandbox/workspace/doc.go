// Package workspace is what a Customer.io account holds, in memory: people, objects, events and visitors, and
// what operations that were accepted make of them. It knows no HTTP and reads no JSON but single values.
//
// These are the rules S1 to S18 in the documentation of package sandbox. The files form layers. A [Workspace]
// stands on top and is what others see. Each action is a function over a change, which is one operation while
// it is applied. The state lies below, with the directory that finds people and objects, and the types of
// what is stored.
package workspace
