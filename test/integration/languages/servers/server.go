// An endpoint for each name in SERVICES, at /0, /1 and so on. The keys are lines of the file KEYS, the one that signs first.
package main

import (
	"encoding/base64"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"

	"example/jwtcheck"
)

func keys() ([][]byte, error) {
	text, err := os.ReadFile(os.Getenv("KEYS"))
	if err != nil {
		return nil, err
	}
	var found [][]byte
	for _, line := range strings.Split(string(text), "\n") {
		key, err := base64.RawURLEncoding.DecodeString(line)
		if err != nil {
			return nil, err
		}
		found = append(found, key)
	}
	return found, nil
}

func main() {
	mux := http.NewServeMux()
	for index, encoded := range strings.Split(os.Getenv("SERVICES"), ",") {
		name, err := base64.RawURLEncoding.DecodeString(encoded)
		if err != nil {
			log.Fatal(err)
		}
		handler, err := jwtcheck.Handler(jwtcheck.Options{
			Service:  string(name),
			Tokens:   []string{os.Getenv("TOKEN")},
			Instance: os.Getenv("INSTANCE"),
			Reveal:   os.Getenv("REVEAL"),
			Secret: func() ([]byte, error) {
				all, err := keys()
				if err != nil {
					return nil, err
				}
				return all[0], nil
			},
			Accepts: func() ([][]byte, error) {
				all, err := keys()
				if err != nil {
					return nil, err
				}
				return all[1:], nil
			},
		})
		if err != nil {
			log.Fatal(err)
		}
		mux.Handle(fmt.Sprintf("/%d", index), handler)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, mux))
}
