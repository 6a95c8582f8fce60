// Package trackapi states what Customer.io's Track API takes: how a batch is cut into operations, which
// operations are good, and why the others are rejected. It knows no HTTP, and nothing of what is stored.
//
// These are the rules V1 to V20 in the documentation of package sandbox. They look at one operation at a
// time. What the vendor does not say, and what a workspace's settings change, is a field of [Switches]; sizes
// are fields of [Limits].
//
// The package reads JSON by itself, see [Value]: it judges what the rest of the program writes, so it shares
// no code with that.
package trackapi
