using System.Buffers;
using Rvp.Protocol;

namespace RvpServer.Outbound;

/// <summary>A request of this server to a callback or to another server.</summary>
/// <param name="Verb">The method.</param>
/// <param name="Target">The server, with the path exactly as in the request line.</param>
/// <param name="From">RVP-From-Principal.</param>
/// <param name="Body">The document, byte for byte; may be empty.</param>
internal readonly record struct OutboundRequest(HttpMethod Verb, Uri Target, string From, ReadOnlyMemory<byte> Body)
{
    private static readonly SearchValues<char> Visible = SearchValues.Create([.. Enumerable.Range(0x21, 0x7e - 0x21 + 1).Select(c => (char)c)]);

    /// <summary>For the Host header, if it differs from the host that is connected to; otherwise null.</summary>
    public string? Host { get; init; }

    /// <summary>The verb's own headers.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>
    /// The URL with its path exactly as written. Uri would unescape and shorten it; that is switched off for paths that are safe in a request line. Null if it
    /// is not an http URL.
    /// </summary>
    public static Uri? AsWritten(string url, string path)
    {
        var isVisible = !path.AsSpan().ContainsAnyExcept(Visible);
        return Uri.TryCreate(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = isVisible }, out var uri) ? uri : null;
    }

    /// <summary>The message with its content, which records when it was written.</summary>
    public HttpRequestMessage ToMessage(OnceContent content)
    {
        var message = new HttpRequestMessage(Verb, Target) { Content = content };
        if (Host is not null) message.Headers.Host = Host;
        message.Headers.TryAddWithoutValidation(RvpHeaders.Version, RvpHeaders.DefaultVersion);
        message.Headers.TryAddWithoutValidation(RvpHeaders.FromPrincipal, HeaderText.OneLine(From));
        for (var i = 0; i < Headers.Count; i++) message.Headers.TryAddWithoutValidation(Headers[i].Key, HeaderText.OneLine(Headers[i].Value));
        // Never as somebody else wrote it: a receiver that wants exactly this answers nothing else, and would be given up. [client: pidgin-librvp]
        if (!Body.IsEmpty) content.Headers.TryAddWithoutValidation("Content-Type", RvpHeaders.Xml);
        return message;
    }
}
