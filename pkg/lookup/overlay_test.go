package lookup

import (
	"context"
	"testing"
)

func TestOverlay(t *testing.T) {
	t.Parallel()
	base := parsed(t, `;! AUTHORITATIVE .
;! SERVFAIL broken.example. *
www.example.    A     192.0.2.1
www.example.    TXT   "base"
old.example.    TXT   "base"
alias.example.  CNAME target.example.
target.example. TXT   "base target"
target.example. MX    0 .
far.example.    CNAME middle.example.
middle.example. CNAME end.example.
end.example.    A     192.0.2.2
lost.example.   CNAME new.example.
lost2.example.  CNAME wild.w.example.
back.example.   CNAME loop.example.
tobroken.example. CNAME broken.example.
`)
	over := parsed(t, `;! AUTHORITATIVE .
;! TIMEOUT  slow.example. TXT
;! NXDOMAIN old.example.
$ORIGIN example.
@        SOA   ns h 1 2 3 4 5
www      TXT   "over"
target   TXT   "over target"
middle   CNAME www
new      TXT   "over new"
deep.ent MX    5 www
*.w      TXT   "over wild"
a.w      A     192.0.2.9
*.cw     CNAME old2
alias2   CNAME alias
loop     CNAME back
tofail   CNAME broken
todown   CNAME www.down
`)
	o := NewOverlay(over, base)
	askAll(t, o, `
		TXT www.example = over
		A www.example = 192.0.2.1
		MX www.example = -
		TXT old.example = NXDOMAIN
		TXT slow.example = timeout
		A slow.example = NXDOMAIN
		TXT none.example = NXDOMAIN
		SOA example = ns.example. h.example. 1 2 3 4 5
		TXT target.example = over target
		MX target.example = 0 .
		TXT alias.example = > target.example over target
		MX alias.example = > target.example 0 .
		TXT far.example = > middle.example > www.example over
		A far.example = > middle.example > www.example 192.0.2.1
		TXT lost.example = > new.example over new
		A lost.example = > new.example -
		TXT ent.example = -
		A deep.ent.example = -
		TXT x.w.example = over wild
		A x.w.example = -
		TXT a.w.example = -
		TXT b.a.w.example = NXDOMAIN
		TXT lost2.example = > wild.w.example over wild
		TXT x.cw.example = > old2.example NXDOMAIN
		TXT alias2.example = > alias.example > target.example over target
		CNAME alias.example = target.example.
		TXT loop.example = cname loop (at loop.example)
		TXT back.example = cname loop (at back.example)
		TXT broken.example = servfail
		TXT tobroken.example = servfail (alias of broken.example)
		TXT tofail.example = servfail (alias of broken.example)
		A todown.example = > www.down.example NXDOMAIN
	`)
}

// signed is a resolver whose answers are validated.
type signed struct{ Resolver }

func (s signed) Query(ctx context.Context, name string, typ Type) (Answer, error) {
	answer, err := s.Resolver.Query(ctx, name, typ)
	answer.AD, answer.Size = true, 100
	return answer, err
}

func TestOverlayKeepsAnswers(t *testing.T) {
	t.Parallel()
	base := signed{parsed(t, "a.example. TXT x\n")}
	o := NewOverlay(parsed(t, "b.example. CNAME a.example.\n"), base)
	for name, want := range map[string]bool{"a.example": true, "b.example": false} {
		answer, err := o.Query(context.Background(), name, TypeTXT)
		if err != nil || answer.AD != want || answer.Size != 100 {
			t.Errorf("%s: %+v, %v", name, answer, err)
		}
	}
}
