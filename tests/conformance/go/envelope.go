package main

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
)

type envelopeAttribute struct{ Type, Value string }

// envelope is what a queue gets of a notification where raw delivery is off.
type envelope struct {
	Type, MessageId, TopicArn, Subject, Message, Timestamp      string
	SignatureVersion, Signature, SigningCertURL, UnsubscribeURL string
	MessageAttributes                                           map[string]envelopeAttribute
}

func parseEnvelope(body string) envelope {
	var parsed envelope
	reader := json.NewDecoder(bytes.NewReader([]byte(body)))
	reader.DisallowUnknownFields()
	check(reader.Decode(&parsed) == nil, "the body is no envelope: %s", body)
	return parsed
}

// verify holds the signature against the certificate that the envelope names, as
// https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html asks for.
func (e envelope) verify() {
	response := must(http.Get(e.SigningCertURL))
	defer response.Body.Close()
	checkEqual("the status of the certificate", response.StatusCode, 200)
	block, _ := pem.Decode(must(io.ReadAll(response.Body)))
	check(block != nil, "%s is no PEM", e.SigningCertURL)
	algorithm := map[string]x509.SignatureAlgorithm{"1": x509.SHA1WithRSA, "2": x509.SHA256WithRSA}[e.SignatureVersion]
	text := fmt.Sprintf("Message\n%s\nMessageId\n%s\nSubject\n%s\nTimestamp\n%s\nTopicArn\n%s\nType\n%s\n",
		e.Message, e.MessageId, e.Subject, e.Timestamp, e.TopicArn, e.Type)
	err := must(x509.ParseCertificate(block.Bytes)).CheckSignature(
		algorithm, []byte(text), must(base64.StdEncoding.DecodeString(e.Signature)))
	check(err == nil, "the signature does not hold: %v", err)
}
