using Rvp.Protocol;

namespace Rvp.Client.Http;

/// <summary>A request for one server.</summary>
/// <param name="Verb">The HTTP method.</param>
/// <param name="Target">Where to connect, and the request target.</param>
/// <param name="Host">The Host header.</param>
/// <param name="IsOwnServer">True for servers of our own IM domain. Other servers get no proof, since a proof lets them try to guess the password.</param>
internal sealed record RvpRequest(string Verb, Uri Target, string Host, bool IsOwnServer)
{
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public byte[] Body { get; init; } = [];

    /// <summary>The type of the body.</summary>
    public string ContentType { get; init; } = RvpHeaders.Xml;

    /// <summary>How long a long poll asks the server to wait, on top of the usual time.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Identifies the server and the virtual server.</summary>
    public string Origin => Target.GetLeftPart(UriPartial.Authority) + "|" + Host;
}

/// <summary>A complete answer.</summary>
internal sealed record RvpResponse(int Status, string Reason, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    /// <summary>The first value of a header; null if there is none.</summary>
    public string? this[string header] => All(header).FirstOrDefault();

    public IEnumerable<string> All(string header) =>
        Headers.Where(pair => pair.Key.Equals(header, StringComparison.OrdinalIgnoreCase)).Select(pair => pair.Value);
}
