using System.Globalization;

namespace Rvp.Testing;

/// <summary>An HTTP answer as it came.</summary>
/// <param name="Head">Status line and headers, byte for byte (Latin-1), with the empty line that ends them.</param>
/// <param name="StatusLine">The first line.</param>
/// <param name="Headers">Names and values, in order, in the letters they came in.</param>
/// <param name="Body">The body, read as UTF-8.</param>
internal sealed record RawAnswer(string Head, string StatusLine, IReadOnlyList<KeyValuePair<string, string>> Headers, string Body)
{
    /// <summary>The status code; 0 where the line has none.</summary>
    public int Status =>
        StatusLine.Split(' ', 3) is [_, var status, ..] && int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 0;

    /// <summary>The reason phrase.</summary>
    public string Reason => StatusLine.Split(' ', 3) is [_, _, var reason] ? reason : "";

    /// <summary>Everything that came, head and body.</summary>
    public string Text => Head + Body;

    /// <summary>The value of the first header of this name, without case; null where there is none.</summary>
    public string? this[string header] => RawMessage.Find(Headers, header);

    /// <summary>All values of a header, in order.</summary>
    public IReadOnlyList<string> All(string header) =>
        [.. Headers.Where(pair => pair.Key.Equals(header, StringComparison.OrdinalIgnoreCase)).Select(pair => pair.Value)];

    /// <inheritdoc/>
    public override string ToString() => Text;
}
