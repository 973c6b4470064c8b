package dkim

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
)

// ErrUnconfirmed is the reason for which a message that was signed is not to be sent.
var ErrUnconfirmed = errors.New("a signature that was just made does not verify")

// Confirm verifies the signatures at the top of a message with the keys that made them,
// in the order of the fields. Nothing is asked of the DNS. The error is ErrUnconfirmed,
// wrapped, or that of reading the message.
func Confirm(ctx context.Context, signed []byte, keys ...crypto.Signer) error {
	m, err := message.Read(bytes.NewReader(signed), int64(len(signed)), message.Origin{})
	if err != nil {
		return err
	}
	for i, key := range keys {
		public := publicHalf(key)
		record := lint.NewSource("TXT", "v="+version+"; k="+public.Type+"; p="+public.Value())
		results := Verify(ctx, everywhere{record}, m, VerifyOptions{MaxSignatures: len(keys)})
		switch {
		case i >= len(results):
			return ErrUnconfirmed
		case results[i].Status != Pass:
			return fmt.Errorf("%w: signature %d: %w", ErrUnconfirmed, i+1, results[i].Reason)
		}
	}
	return nil
}

// everywhere answers every question with one TXT record.
type everywhere struct{ record *lint.Source }

// Query implements lookup.Resolver.
func (e everywhere) Query(_ context.Context, name string, typ lookup.Type) (lookup.Answer, error) {
	return lookup.Answer{Records: []lookup.Record{{Name: name, Type: typ, Strings: []string{e.record.Text}, Source: e.record}}}, nil
}
