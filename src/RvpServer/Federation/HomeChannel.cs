using System.Text.Json;
using Rvp.Protocol;
using RvpServer.Http;
using RvpServer.Nodes;
using RvpServer.Outbound;

namespace RvpServer.Federation;

/// <summary>
/// What home servers of one organisation say to each other about moves: sealed documents by POST to a path of their own at the server's public URL.
/// </summary>
internal sealed class HomeChannel(OrganisationSeal seal, OrganisationProof proof, [FromKeyedServices(OutboundRegistration.HomeServers)] OutboundHttp http)
{
    /// <summary>The path, which no node and no page has.</summary>
    public const string Path = "/rvpserver/moves";

    /// <summary>
    /// The largest document. Decision: a node with 20,000 watches and all that may wait in an inbox is half as large; one is read at a time.
    /// </summary>
    public const int MaxBytes = 32 * 1024 * 1024;

    private const int MaxAnswerBytes = 64 * 1024;

    // A large node is written to the disk in a second or two. Who has to send somebody first asks another server twice.
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan SendingTime = TimeSpan.FromSeconds(100);

    // For sending the largest one over a slow line.
    private static readonly TimeSpan SendTime = TimeSpan.FromSeconds(30);

    /// <summary>Asks a home server.</summary>
    /// <returns>Its answer, or whether it may have heard the question. An answer without the organisation's seal is none.</returns>
    public async Task<(SendOutcome Outcome, MoveAnswer? Answer)> AskAsync(HostAndPort home, MoveMessage message, CancellationToken stop)
    {
        var document = JsonSerializer.SerializeToUtf8Bytes(message);
        var closed = seal.Close(document, QuestionTo(home.Host));
        var request = new OutboundRequest(HttpMethod.Post, new Uri("http://" + home + Path), home.Host, closed)
        {
            Headers = [new(OrganisationProof.Header, proof.Of("POST", home.ToString(), Path))],
        };
        var sending = await http.SendAsync(request, SendTime, message.Request == MoveRequest.Send ? SendingTime : AnswerTime, ReadAsync, stop);
        if (sending.Outcome != SendOutcome.Answered) return (sending.Outcome, null);
        var answer = sending.Answer is { } bytes && seal.Open(bytes, AnswerTo(closed)) is { } opened ? Read<MoveAnswer>(opened) : null;
        return answer is null ? (SendOutcome.NoAnswer, null) : (SendOutcome.Answered, answer);
    }

    /// <summary>The question in a document that came to a host of this process; null if it is none.</summary>
    public MoveMessage? Open(ReadOnlySpan<byte> closed, string host) =>
        seal.Open(closed, QuestionTo(host)) is { } opened && seal.IsNew(closed) ? Read<MoveMessage>(opened) : null;

    /// <summary>The answer to a question, sealed.</summary>
    public byte[] Answer(ReadOnlySpan<byte> question, MoveAnswer answer) => seal.Close(JsonSerializer.SerializeToUtf8Bytes(answer), AnswerTo(question));

    private static string QuestionTo(string host) => "question to " + host.ToLowerInvariant();

    private static string AnswerTo(ReadOnlySpan<byte> question) => "answer to " + OrganisationSeal.NameOf(question);

    // Of another version, at worst.
    private static T? Read<T>(byte[] document)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(document);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async ValueTask<byte[]?> ReadAsync(HttpResponseMessage response, CancellationToken stop)
    {
        if (!response.IsSuccessStatusCode || response.Content.Headers.ContentLength is not (>= 0 and <= MaxAnswerBytes)) return null;
        return await response.Content.ReadAsByteArrayAsync(stop);
    }
}
