// Reads lines of JSON with Go's encoding/json and prints what it understood, as tests/parsers/run.mjs explains.
package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func text(value string) string { return "s" + hex.EncodeToString([]byte(value)) }

func tokens(value interface{}, to *[]string) {
	add := func(token string) { *to = append(*to, token) }
	switch value := value.(type) {
	case nil:
		add("z")
	case bool:
		if value {
			add("t")
		} else {
			add("f")
		}
	case json.Number:
		if whole, err := strconv.ParseInt(value.String(), 10, 64); err == nil {
			add("i" + strconv.FormatInt(whole, 10))
		} else {
			double, err := value.Float64()
			fail(err)
			add("d" + strconv.FormatFloat(double, 'g', -1, 64))
		}
	case string:
		add(text(value))
	case []interface{}:
		add("[")
		for _, one := range value {
			tokens(one, to)
		}
		add("]")
	case map[string]interface{}:
		add("{")
		for key, one := range value {
			add(text(key))
			tokens(one, to)
		}
		add("}")
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		decoder := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		decoder.UseNumber()
		var value interface{}
		fail(decoder.Decode(&value))
		all := []string{}
		tokens(value, &all)
		fmt.Println(strings.Join(all, " "))
	}
	fail(lines.Err())
}
