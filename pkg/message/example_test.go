package message_test

import (
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/message"
)

func ExampleRead() {
	text := "Received: by mx.example.com\r\nFrom: Ann <ann@example.org>,\r\n  bob@example.net\r\n\r\nHello\n"
	m, err := message.Read(strings.NewReader(text), int64(len(text)), message.Origin{File: "hello.eml"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range m.Authors {
		fmt.Println(a.Span.Position().Line, a.Span.Text(), a.Domain)
	}
	for _, d := range m.Defects {
		fmt.Println(d.Kind, d.Lines)
	}
	// Output:
	// 2 ann@example.org example.org
	// 3 bob@example.net example.net
	// bare-lf [5]
	// multiple-from-addresses [2]
}
