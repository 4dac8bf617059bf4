using System.Buffers;

namespace RvpServer.Outbound;

/// <summary>Puts values from strangers into headers of our own requests.</summary>
internal static class HeaderText
{
    private static readonly SearchValues<char> Controls = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c), '\x7f']);

    /// <summary>"Without validation" really means none: even line ends would be sent. A stranger's value must not be able to start another header.</summary>
    public static string OneLine(string value) =>
        value.AsSpan().ContainsAny(Controls) ? string.Create(value.Length, value, static (line, text) =>
        {
            text.CopyTo(line);
            line.ReplaceAny(Controls, ' ');
        }) : value;
}
