// Package mailhost looks at the hosts that mail needs: the addresses of a domain,
// its MX records, the reverse names of addresses and the name given with HELO.
package mailhost
