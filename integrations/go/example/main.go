// A service that follows the aliases of a secret in Google Secret Manager, so that `jwtcheck rotate` can replace its key. It
// signs with `current`, and accepts `current`, `next` and `previous`. Copy jwtcheck.go and keys.go into a folder jwtcheck.
//
//	go get github.com/golang-jwt/jwt/v5
//	export JWT_SECRET=projects/PROJECT/secrets/SECRET FINGERPRINT_TOKEN=… MINT_TOKEN=…
//	go run .
package main

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"example/jwtcheck" // example: the name of your module
)

var (
	secret       = os.Getenv("JWT_SECRET")
	api          = env("SECRET_MANAGER_ENDPOINT", "https://secretmanager.googleapis.com")
	metadata     = env("GCE_METADATA_HOST", "metadata.google.internal")
	tokenSeconds = seconds("TOKEN_SECONDS", "900")
)

// read returns the key of an alias; nil where there is no such alias, or its version is disabled.
//
// It calls the REST API with the service account of the machine. With cloud.google.com/go/secretmanager:
//
//	found, err := client.AccessSecretVersion(ctx, &secretmanagerpb.AccessSecretVersionRequest{Name: secret + "/versions/" + alias})
//	if code := status.Code(err); code == codes.NotFound || code == codes.FailedPrecondition {
//		return nil, nil
//	}
//	if err != nil {
//		return nil, err
//	}
//	return &jwtcheck.Key{Value: found.Payload.Data, Version: path.Base(found.Name)}, nil
func read(ctx context.Context, alias string) (*jwtcheck.Key, error) {
	var account struct {
		AccessToken string `json:"access_token"`
	}
	url := "http://" + metadata + "/computeMetadata/v1/instance/service-accounts/default/token"
	if err := get(ctx, url, "Metadata-Flavor", "Google", &account); err != nil {
		return nil, err
	}
	var found struct {
		Name    string
		Payload struct{ Data []byte }
		Error   struct{ Status string }
	}
	err := get(ctx, api+"/v1/"+secret+"/versions/"+alias+":access", "Authorization", "Bearer "+account.AccessToken, &found)
	if status := found.Error.Status; status == "NOT_FOUND" || status == "FAILED_PRECONDITION" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &jwtcheck.Key{Value: found.Payload.Data, Version: path.Base(found.Name)}, nil
}

func get(ctx context.Context, url, header, value string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	request.Header.Set(header, value)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		return fmt.Errorf("%s did not answer with JSON", request.URL.Host)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", request.URL.Host, response.Status)
	}
	return nil
}

func sign(keys jwtcheck.Keys, subject string) (string, error) {
	now := time.Now()
	claims := jwt.MapClaims{"sub": subject, "iat": now.Unix(), "exp": now.Add(tokenSeconds).Unix()}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(keys.Sign())
}

// verify returns the subject. A token does not say which key signed it, so each is tried. Other reasons to reject it are the same
// with every key.
func verify(keys jwtcheck.Keys, token string) (string, error) {
	for _, key := range keys.Accepts() {
		claims := jwt.MapClaims{}
		_, err := jwt.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return key, nil },
			jwt.WithValidMethods([]string{"HS256"}))
		if errors.Is(err, jwt.ErrTokenSignatureInvalid) {
			continue
		}
		if err != nil {
			return "", err
		}
		subject, _ := claims["sub"].(string)
		if subject == "" || claims["exp"] == nil {
			return "", errors.New("the token has no sub or no exp")
		}
		return subject, nil
	}
	return "", jwt.ErrTokenSignatureInvalid
}

func bearer(r *http.Request) string {
	authorization := r.Header.Get("Authorization")
	if !strings.HasPrefix(authorization, "Bearer ") {
		return ""
	}
	return strings.TrimPrefix(authorization, "Bearer ")
}

func main() {
	ring, err := jwtcheck.NewKeyRing(jwtcheck.KeyOptions{
		Read: read, Sign: "current", Accept: []string{"next", "previous"}, Refresh: seconds("REFRESH_SECONDS", "30"),
		OnError: func(err error) { log.Print("the keys could not be read: ", err) }, // The errors of read hold no key.
	})
	if err != nil {
		log.Fatal(err)
	}
	host, _ := os.Hostname()
	fingerprint, err := jwtcheck.Handler(jwtcheck.Options{
		Service: "example", Keys: ring, Tokens: []string{os.Getenv("FINGERPRINT_TOKEN")}, Instance: host, Algorithm: "HS256"})
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/internal/jwt-fingerprint", fingerprint)
	http.HandleFunc("/me", func(w http.ResponseWriter, r *http.Request) {
		subject, err := verify(ring.Keys(), bearer(r))
		if err != nil {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "invalid token", http.StatusUnauthorized)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"subject": subject})
	})
	// Issues tokens for tests. In a service, this is the login.
	http.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		expected := os.Getenv("MINT_TOKEN")
		if expected == "" || subtle.ConstantTimeCompare([]byte(bearer(r)), []byte(expected)) != 1 {
			http.Error(w, "wrong token", http.StatusUnauthorized)
			return
		}
		token, err := sign(ring.Keys(), "test")
		if err != nil {
			http.Error(w, "no token", http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"access_token": token})
	})
	listener, err := net.Listen("tcp", "127.0.0.1:"+env("PORT", "8080"))
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("listening on http://%s", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}

func env(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

func seconds(name, fallback string) time.Duration {
	value, err := strconv.ParseFloat(env(name, fallback), 64)
	if err != nil {
		log.Fatal(name, " is not a number of seconds")
	}
	return time.Duration(value * float64(time.Second))
}
