// golang-jwt behind net/http, which answers in plain text.
package main

import (
	"net/http"
	"os"
	"strings"

	"github.com/golang-jwt/jwt"
)

func main() {
	http.HandleFunc("/me", func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		parser := jwt.Parser{ValidMethods: []string{os.Getenv("ALG")}}
		claims := jwt.MapClaims{}
		_, err := parser.ParseWithClaims(token, claims, func(*jwt.Token) (interface{}, error) {
			return []byte(os.Getenv("KEY")), nil
		})
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		if !claims.VerifyIssuer(os.Getenv("ISS"), true) || !claims.VerifyAudience(os.Getenv("AUD"), true) {
			http.Error(w, "token is for another issuer or audience", http.StatusUnauthorized)
			return
		}
		w.Write([]byte("ok"))
	})
	panic(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
