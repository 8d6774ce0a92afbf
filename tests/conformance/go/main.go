// Cases of SQS and SNS through the AWS SDK for Go v2, against a broker that runs already.
//
// usage: conformance ENDPOINT
//
// Each case stands alone: what it needs it makes, under names of its own. For each a line "ok NAME" or
// "FAILED NAME: why"; the exit code is 1 if any failed.
package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

type testCase struct {
	name string
	run  func(*world)
}

// failure is what a case panics with when something is not as it must be.
type failure string

func check(holds bool, format string, arguments ...any) {
	if !holds {
		panic(failure(fmt.Sprintf(format, arguments...)))
	}
}

func checkEqual[T comparable](what string, got, want T) {
	check(got == want, "%s is %v, not %v", what, got, want)
}

func checkList(what string, got []string, want ...string) {
	check(slices.Equal(got, want), "%s: %q, not %q", what, got, want)
}

// must passes a result on, and ends the case if there is an error instead.
func must[T any](result T, err error) T {
	if err != nil {
		panic(failure(err.Error()))
	}
	return result
}

// outcome is "" or why the case failed. Any other panic is a fault of the program and stays one.
func outcome(run func(*world), w *world) (why string) {
	defer func() {
		if panicked := recover(); panicked != nil {
			said, ok := panicked.(failure)
			if !ok {
				panic(panicked)
			}
			why = strings.ReplaceAll(string(said), "\n", " ")
		}
	}()
	run(w)
	return ""
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: conformance ENDPOINT")
		os.Exit(2)
	}
	exitCode := 0
	for _, each := range slices.Concat(queueCases, messageCases, fifoCases, redriveCases, topicCases, subscriptionCases) {
		if why := outcome(each.run, newWorld(os.Args[1], each.name)); why != "" {
			fmt.Printf("FAILED %s: %s\n", each.name, why)
			exitCode = 1
		} else {
			fmt.Printf("ok %s\n", each.name)
		}
	}
	os.Exit(exitCode)
}
