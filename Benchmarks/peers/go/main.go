// Go's net/http as a peer: main PORT ANSWERS (GOMAXPROCS says how many threads)
//
// Answers every file under ANSWERS/files at its own path, with the fields in ANSWERS/fields.
package main

import (
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	port, folder := os.Args[1], os.Args[2]
	root := filepath.Join(folder, "files")
	answers := map[string][]byte{}
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		answers[strings.TrimPrefix(path, root)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	lines, err := os.ReadFile(filepath.Join(folder, "fields"))
	if err != nil {
		log.Fatal(err)
	}
	fields := [][2]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(lines)), "\n") {
		name, value, _ := strings.Cut(line, ": ")
		fields = append(fields, [2]string{name, value})
	}
	http.HandleFunc("/", func(writer http.ResponseWriter, request *http.Request) {
		body, found := answers[request.URL.Path]
		if !found {
			http.NotFound(writer, request)
			return
		}
		header := writer.Header()
		for _, field := range fields {
			header.Set(field[0], field[1])
		}
		writer.Write(body)
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+port, nil))
}
