package dkim

import (
	"math/big"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// published is the example of a domain with these key records at the selector s1.
func published(records ...string) lint.Example {
	var b strings.Builder
	for i, record := range records {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString("s1._domainkey TXT")
		// RFC 1035, Section 3.3: a string holds at most 255 octets.
		for len(record) > 255 {
			b.WriteString(` "` + record[:255] + `"`)
			record = record[255:]
		}
		b.WriteString(` "` + record + `"`)
	}
	return lint.Example{Zone: b.String(), Args: []string{"dkim", "example.com", "--selector", "s1"}}
}

// good is the example of a domain whose key is in order.
func good() lint.Example { return published(goodRecord) }

// goodRecord is a key record as it should be.
const goodRecord = "v=DKIM1; k=rsa; p=" + example2048

// Keys for examples. Those with two real primes were made for this file, and nobody
// has their private halves.
const (
	example2048          = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAkJUFNRom+UJKhK4CpAY5yFB3FxvF2omnkgABcZVSXmqeHJq+FB8y8DPQsVnqfIhFVA08d2LrBLfaRlI1IoELl56ENhvbK/tZWcQ8/2HawJXwlTJVS31OqeH83ceIosJQ/Ts2JstaT8+74/QiYn8wuuH/rvx2eLw2+7qQomUdpa4pTIVHSPUBvu5otBJ8qwxIxem9e5Hj5xE60aqPgCMYESnvM8y3FF4PDOhxn1QcDoETXBU9QMafxdOZSTWab+aVuJE4C4NwPpiDcFAKYtEzOxd5ThodaOp4c2HTnmxSwKYZA5B4LuLdrGUl7cyE0pdJEX8Oz4DoHoHnMM0ww1BtHwIDAQAB"
	example2048PKCS1     = "MIIBCgKCAQEAkJUFNRom+UJKhK4CpAY5yFB3FxvF2omnkgABcZVSXmqeHJq+FB8y8DPQsVnqfIhFVA08d2LrBLfaRlI1IoELl56ENhvbK/tZWcQ8/2HawJXwlTJVS31OqeH83ceIosJQ/Ts2JstaT8+74/QiYn8wuuH/rvx2eLw2+7qQomUdpa4pTIVHSPUBvu5otBJ8qwxIxem9e5Hj5xE60aqPgCMYESnvM8y3FF4PDOhxn1QcDoETXBU9QMafxdOZSTWab+aVuJE4C4NwPpiDcFAKYtEzOxd5ThodaOp4c2HTnmxSwKYZA5B4LuLdrGUl7cyE0pdJEX8Oz4DoHoHnMM0ww1BtHwIDAQAB"
	example2048Exponent3 = "MIIBIDANBgkqhkiG9w0BAQEFAAOCAQ0AMIIBCAKCAQEAkJUFNRom+UJKhK4CpAY5yFB3FxvF2omnkgABcZVSXmqeHJq+FB8y8DPQsVnqfIhFVA08d2LrBLfaRlI1IoELl56ENhvbK/tZWcQ8/2HawJXwlTJVS31OqeH83ceIosJQ/Ts2JstaT8+74/QiYn8wuuH/rvx2eLw2+7qQomUdpa4pTIVHSPUBvu5otBJ8qwxIxem9e5Hj5xE60aqPgCMYESnvM8y3FF4PDOhxn1QcDoETXBU9QMafxdOZSTWab+aVuJE4C4NwPpiDcFAKYtEzOxd5ThodaOp4c2HTnmxSwKYZA5B4LuLdrGUl7cyE0pdJEX8Oz4DoHoHnMM0ww1BtHwIBAw=="
	example2048Even      = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAkJUFNRom+UJKhK4CpAY5yFB3FxvF2omnkgABcZVSXmqeHJq+FB8y8DPQsVnqfIhFVA08d2LrBLfaRlI1IoELl56ENhvbK/tZWcQ8/2HawJXwlTJVS31OqeH83ceIosJQ/Ts2JstaT8+74/QiYn8wuuH/rvx2eLw2+7qQomUdpa4pTIVHSPUBvu5otBJ8qwxIxem9e5Hj5xE60aqPgCMYESnvM8y3FF4PDOhxn1QcDoETXBU9QMafxdOZSTWab+aVuJE4C4NwPpiDcFAKYtEzOxd5ThodaOp4c2HTnmxSwKYZA5B4LuLdrGUl7cyE0pdJEX8Oz4DoHoHnMM0ww1BtHgIDAQAB"
	example1024          = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDBRyUlKcC7mhRlpoj+Ob+F0jxUlfdsGXMugyQIUWXLB3l5m7aaFgCwLVDPJmp96JsP7XED5mL0RroCaMHNRLchvgmFkk7oKpwVEefLjkIpqP1Spwq7/tcFzDIcxHZNf3rDrCJjB6DxXUDGKSPgayFWlQkvfJQ+7ik07SJbTsxp3QIDAQAB"
	example512           = "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAMyU0Seiv6T34WqLrj3En1TZg9Kuge7yGKxDAWH+Z/sCO9dTB0/+lpzG/KXFOL6l5LtJrweYwy3axKvAjnpXUgECAwEAAQ=="
	example4096          = "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAoMpM3JQTsyEoSUViZiW2d2O3Tu96iauhuu2KPl8ddyTWms0CvwnDquMf806LlAD/gCVR2A9TlojNymU+FgOZ7tHhickkvPzv5U1vIhoWJRVVzm6se+WH6Yfn7gXaE1TsFuIrieTPldbTwcLAHX6cFtZ4VO6lrInI8ISfCP+GmR/wP5kvtzG3t3XqMT3dtetJAfXvI3w1naQXGbEvBXQVgIKltdjHBb0fp1uIAJCn7UX0EftC3kMo2CH8dLmja7MThe7S3OLV0Y/bgx7J/3dC2xyktVC8jbJ5IlsQt9AHmTdAI5gbQKCjz26ddDuzBl4AJ/N8Aqe5/1LYOPtjpfzvTpuXk63qymgRyQ0mS1Ex7K8Hm7JxB7KqHdvVVpjZENbt1q2wcJb+CI4/KfirDq8BBde57yllp0cOfOLmhTOLyA/s23nVtgcNTjlbkdQDqgP1OAntQTujjLGTWhRMsDjakDU1P7FBYVcvVGO6TISD4msXXEPgUWdUbQL12IlUkbsqnivHA0Nb+6rhIM/4ROhJwGkLK1+0xkXJ3NArKhf3hDgEU1n9yCLaNoBBqArZS4QiKoa9N296ZgUmzhpwJm798BllWA9jmMGaX+bZEUKvRRZOAvLYuVz8XAF0KFmbxcbjkPpV9x8dNU9wvO895BjKs+Xyyg8YrH8qGcCCbs+/I8cCAwEAAQ=="
	example5120          = "MIICojANBgkqhkiG9w0BAQEFAAOCAo8AMIICigKCAoEAx+7GG7+XA8CW+rt7G6laVHZ9UnTGjetdQDqWCoZS29DkiLbIWtO6MoMy8FpYKWgYdlMXN/EpyMbRyk3E7f3kFj7/iz/Bd/ETHnghljJPPoH0UzJO9Iarc5+rqCcuUL1OtS+lPAv2Tvdz7CjQAlL2FddbHiSUGc9NYFl73F2+RAlrOEMJyak3poyPle8EoBLoZ3/ROdhKHTpbjo+yv/KRAfMAHO4F2oRn8GMT//mgH+hBlSH+Dpec8y0WNLS0ZTJSePhF9XsxIN8vTUyGUNfRP7JIkZF7Eh3FTlo6JtGKZppa+E5rT1lnJxDm2OZWgGi5tSpDq62NGUqYkhOWAN23TZYNWo+aZWqv0UElhE0l3rNU9GppEKz/AEOJLfwlTLhk75Abkyp8GIBqN1ORXHbxigWFoBxMfW3wYhrvV+TMQTL3EI6W93DCJjJmqjuwzekX9/NWNPDjzZcugdZtNGxuK6Av2qGthkxE4ElUjooKjJYy6mko9iNr8lBLdLpKD+ddKp66DN9WHYAqdZFZ+3/zN/XK4783KcYZxgo8qzWe7vsBXDOy3xRhqvjrGLkAdFEwIdqJeCBvXGZx4MB+nhFeS54waRwjhkLqEmoeSMwR01fDDYt2KNvSXmOyKfHEBpVF3hHMneqVnCEunIKxR4woHWh8lmw3e5qiuy7bIANbc5k/1CNZku3PRRoa/oeLM+loYXlZzj8fZajeUnEAeBTool8t2X8c+xD2KCdojeahajsNRkE4piMyVT/B6jbxf9N0xqU4d3czC9vXIQ3/B2zi74ewsSXsHX2gpuuMnr1p/inXbUMw8URr6rDBH97Lkc43W8j7vL3lwJlBZNg5n3Z8RwIDAQAB"
	exampleEd25519       = "xjq9vqzuLh8ud5CFUoN4BvvJnSMAOz0jh3tAZgqGyaA="
	exampleEd25519SPKI   = "MCowBQYDK2VwAyEAxjq9vqzuLh8ud5CFUoN4BvvJnSMAOz0jh3tAZgqGyaA="
)

// exampleHuge returns a key of 9000 bits, most of them zero.
func exampleHuge() string {
	return Key{Modulus: new(big.Int).Lsh(big.NewInt(1), 9000), Exponent: big.NewInt(usualExponent)}.Value()
}
