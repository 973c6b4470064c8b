// Package lookup asks the DNS. A Resolver answers one question; Client asks
// servers over UDP, TCP, TLS and HTTPS, Zone answers from master files, Overlay
// lays files over another resolver, Recorder writes down what was answered and
// Cache asks nothing twice. It is the only package that knows the DNS library,
// and no exported type shows it.
package lookup
