// The AWS SDK for Go v2 as a bridge; bridge.py says what comes and goes.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
)

type place struct{ Service, Endpoint, Account, Region string }

type question struct {
	place
	Operation  string
	Parameters json.RawMessage
}

type refusal struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Status  int    `json:"status"`
	Fault   string `json:"fault,omitempty"`
	Shape   string `json:"shape,omitempty"`
}

type answer struct {
	Result any      `json:"result,omitempty"`
	Error  *refusal `json:"error,omitempty"`
	Unsaid string   `json:"unsaid,omitempty"`
	Broken string   `json:"broken,omitempty"`
}

var (
	clients = map[place]any{}
	sent    bool // whether the request of this question has left the client
)

// sender keeps the request's body from the SDK, which closes it once the answer's header has come; net/http may not be
// done with it by then, and would close the connection under the answer.
type sender struct{}

func (sender) Do(request *http.Request) (*http.Response, error) {
	sent = true
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	request = request.Clone(request.Context())
	request.Body = io.NopCloser(bytes.NewReader(body))
	return http.DefaultClient.Do(request)
}

// clientFor has no check of its own on what it sends.
func clientFor(where place) any {
	if client, ok := clients[where]; ok {
		return client
	}
	config := aws.Config{
		Region:       where.Region,
		BaseEndpoint: &where.Endpoint,
		HTTPClient:   sender{},
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: where.Account, SecretAccessKey: "secret"}, nil
		}),
		APIOptions: []func(*middleware.Stack) error{func(stack *middleware.Stack) error {
			_, _ = stack.Initialize.Remove("OperationInputValidation") // which is not there where nothing is required
			return nil
		}},
	}
	if where.Service == "sns" {
		clients[where] = sns.NewFromConfig(config)
	} else {
		clients[where] = sqs.NewFromConfig(config)
	}
	return clients[where]
}

// unsaid finds an integer that is given as zero where the SDK takes zero for "not given", or the other way round.
func unsaid(target reflect.Value, given any) string {
	switch given := given.(type) {
	case []any:
		for n, each := range given {
			if what := unsaid(target.Index(n), each); what != "" {
				return what
			}
		}
	case map[string]any:
		if target.Kind() != reflect.Struct {
			return ""
		}
		always := strings.HasPrefix(target.Type().Name(), "ChangeMessageVisibility") // sends the zero
		if _, ok := given["VisibilityTimeout"]; always && !ok && target.FieldByName("VisibilityTimeout").IsValid() {
			return "no VisibilityTimeout"
		}
		for name, each := range given {
			field := target.FieldByName(name)
			if each == 0.0 && field.Kind() == reflect.Int32 && !always {
				return name + "=0"
			}
			if what := unsaid(field, each); what != "" {
				return what
			}
		}
	}
	return ""
}

// input makes what a method takes from what was asked.
func input(kind reflect.Type, parameters json.RawMessage) (reflect.Value, error) {
	made := reflect.New(kind)
	decoder := json.NewDecoder(bytes.NewReader(parameters))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(made.Interface()); err != nil {
		return made, fmt.Errorf("the SDK's types cannot say this: %w", err)
	}
	var given any
	if err := json.Unmarshal(parameters, &given); err != nil {
		return made, err
	}
	if what := unsaid(made.Elem(), given); what != "" {
		return made, fmt.Errorf("the SDK cannot say %s", what)
	}
	return made, nil
}

func answerTo(asked question) answer {
	method := reflect.ValueOf(clientFor(asked.place)).MethodByName(asked.Operation)
	taken, err := input(method.Type().In(1).Elem(), asked.Parameters)
	if err != nil {
		return answer{Unsaid: err.Error()}
	}
	sent = false
	returned := method.Call([]reflect.Value{reflect.ValueOf(context.Background()), taken})
	if err, _ = returned[1].Interface().(error); err == nil {
		return answer{Result: returned[0].Interface()}
	}
	var refused smithy.APIError
	var response *awshttp.ResponseError
	switch {
	case !sent:
		return answer{Unsaid: "the SDK sends nothing: " + err.Error()}
	case !errors.As(err, &refused) || !errors.As(err, &response):
		return answer{Broken: err.Error()}
	}
	told := refusal{Code: refused.ErrorCode(), Message: refused.ErrorMessage(), Status: response.HTTPStatusCode()}
	if _, untyped := refused.(*smithy.GenericAPIError); !untyped {
		told.Fault = refused.ErrorFault().String()
		told.Shape = reflect.TypeOf(refused).Elem().Name()
	}
	return answer{Error: &told}
}

func main() {
	lines := bufio.NewReader(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var asked question
		if err := json.Unmarshal(line, &asked); err != nil {
			panic(err)
		}
		if err := answers.Encode(answerTo(asked)); err != nil {
			panic(err)
		}
	}
}
