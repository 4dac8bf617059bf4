namespace RvpServer.Interop.Curl;

/// <summary>An answer as curl printed it.</summary>
/// <param name="StatusLine">For example <c>HTTP/1.1 200 Successful</c>.</param>
/// <param name="Headers">Names without regard to case; the values of repeated headers in their order.</param>
/// <param name="Body">All that follows the headers.</param>
internal sealed record CurlAnswer(string StatusLine, ILookup<string, string> Headers, string Body)
{
    /// <summary>The last answer: curl prints the challenges before it, too.</summary>
    public static CurlAnswer ParseLast(string output)
    {
        var rest = output;
        var head = "";
        while (rest.StartsWith("HTTP/", StringComparison.Ordinal))
        {
            var end = rest.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            Assert.True(end > 0, $"Not an HTTP answer:\n{output}");
            head = rest[..end];
            rest = rest[(end + 4)..];
        }
        Assert.True(head.Length > 0, $"curl printed no answer:\n{output}");
        var lines = head.Split("\r\n");
        var headers = lines.Skip(1).Select(l => l.Split(": ", 2)).ToLookup(
            p => p[0], p => p.ElementAtOrDefault(1) ?? "", StringComparer.OrdinalIgnoreCase);
        return new CurlAnswer(lines[0], headers, rest);
    }

    public int Status => int.Parse(StatusLine.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    public string Header(string name) => Assert.Single(Headers[name]);

    public int SubscriptionId => int.Parse(Header("Subscription-Id"), System.Globalization.CultureInfo.InvariantCulture);

    public override string ToString() =>
        $"{StatusLine}\n{string.Join('\n', Headers.SelectMany(h => h.Select(v => $"{h.Key}: {v}")))}\n\n{Body}";
}
