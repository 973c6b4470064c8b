package dkim

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"slices"
	"testing"
	"time"
)

// BenchmarkGenerate makes pairs that prove themselves. How long a search for primes
// takes is a matter of luck, so the median counts.
func BenchmarkGenerate(b *testing.B) {
	for _, o := range []KeyOptions{{Type: RSA}, {Type: Ed25519}} {
		o.Domain, o.Selector = "example.com", "s1"
		b.Run(o.Type, func(b *testing.B) {
			median(b, func() error { _, err := Generate(o); return err })
		})
	}
}

// BenchmarkGenerateBare makes RSA keys as the command dkim-keygen of go-msgauth does,
// with nothing proved.
func BenchmarkGenerateBare(b *testing.B) {
	median(b, func() error {
		private, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return err
		}
		der, err := x509.MarshalPKCS8PrivateKey(private)
		if err != nil {
			return err
		}
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
		public, err := x509.MarshalPKIXPublicKey(private.Public())
		base64.StdEncoding.EncodeToString(public)
		return err
	})
}

// median reports the median time of a job.
func median(b *testing.B, job func() error) {
	b.Helper()
	var times []time.Duration
	for b.Loop() {
		start := time.Now()
		if err := job(); err != nil {
			b.Fatal(err)
		}
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2])/1e6, "median-ms")
}
