package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/report"
)

// questions remembers what was asked, to show it as dig would ask it.
type questions struct {
	lookup.Resolver
	mu   sync.Mutex
	list []lookup.Question
}

// Query passes a question on.
func (q *questions) Query(ctx context.Context, name string, typ lookup.Type) (lookup.Answer, error) {
	q.mu.Lock()
	q.list = append(q.list, lookup.Question{Name: name, Type: typ})
	q.mu.Unlock()
	return q.Resolver.Query(ctx, name, typ)
}

// show writes a dig line for each question, sorted. client is the one that asked
// servers, nil where files were asked.
func (q *questions) show(w io.Writer, client *lookup.Client) {
	server := ""
	if client != nil {
		server = digServer(client.Servers()[0])
	}
	var lines []string
	for _, question := range q.list {
		lines = append(lines, report.Command("dig", question.Type.String(), question.Name+".")+server)
	}
	slices.Sort(lines)
	fmt.Fprintln(w, strings.Join(slices.Compact(lines), "\n"))
}

// digServer returns the arguments that make dig ask the same server.
func digServer(server string) string {
	u, err := url.Parse(server)
	if err != nil {
		return ""
	}
	args := " @" + u.Hostname()
	if port := u.Port(); port != "" {
		args += " -p " + port
	}
	switch u.Scheme {
	case "tcp":
		args += " +tcp"
	case "tls":
		args += " +tls"
	case "https":
		args += " +https=" + u.Path
	}
	return args
}
