using System.Buffers;

namespace RvpServer.Outbound;

/// <summary>Values of strangers on their way into headers of our own requests.</summary>
internal static class HeaderText
{
    private static readonly SearchValues<char> Controls = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c), '\x7f']);

    /// <summary>"Without validation" is meant: even line ends would go out. A stranger's value must not begin a header of its own.</summary>
    public static string OneLine(string value) =>
        value.AsSpan().ContainsAny(Controls) ? string.Create(value.Length, value, static (line, text) =>
        {
            text.CopyTo(line);
            line.ReplaceAny(Controls, ' ');
        }) : value;
}
