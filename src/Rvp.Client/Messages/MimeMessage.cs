using System.Globalization;
using System.Text;

namespace Rvp.Client.Messages;

/// <summary>The content of r:mime-data: headers and a text.</summary>
/// <param name="ContentType">In lower case, without parameters.</param>
/// <param name="SessionId">Identifies the conversation; empty if there is none.</param>
/// <param name="TypingUser">Who is typing, in a control message; null otherwise.</param>
/// <param name="Text">The text, with line feeds as line ends.</param>
internal sealed record MimeMessage(string ContentType, string SessionId, string? TypingUser, string Text)
{
    public const string Plain = "text/plain";
    public const string Control = "text/x-msmsgscontrol";
    public const string Leave = "text/x-imleave";
    public const string Invite = "text/x-msmsgsinvite";

    private const int MaxSessionId = 128;
    private const int MaxId = 200;

    /// <summary>Its own id; null if it has none.</summary>
    public string? Id { get; init; }

    /// <summary>When it was sent; null where that is not said.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>Reads a message that anyone may have written: missing parts become empty.</summary>
    public static MimeMessage Parse(string data)
    {
        var rest = data.ReplaceLineEndings("\n").TrimStart();
        var type = Plain;
        var session = "";
        string? typing = null;
        string? id = null;
        DateTimeOffset? sentAt = null;
        while (rest.Length > 0)
        {
            var end = rest.IndexOf('\n', StringComparison.Ordinal);
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? "" : rest[(end + 1)..];
            if (line.Length == 0) break;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) continue;
            var value = line[(colon + 1)..].Trim();
            switch (line[..colon].ToLowerInvariant())
            {
                case "content-type": type = value.Split(';')[0].Trim().ToLowerInvariant(); break;
                case "session-id": session = value.Length <= MaxSessionId ? value : value[..MaxSessionId].TrimEnd(); break;
                case "typinguser": typing = value; break;
                case "message-id" when value.Length is > 0 and <= MaxId && !value.Any(char.IsControl): id = value; break;
                case "date" when DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date):
                    sentAt = date;
                    break;
            }
        }
        return new MimeMessage(type, session, typing, Undouble(rest)) { Id = id, SentAt = sentAt };
    }

    /// <summary>The message in the form that clients write.</summary>
    public override string ToString()
    {
        var data = new StringBuilder("MIME-Version: 1.0\r\nContent-Type: ").Append(ContentType).Append("; charset=UTF-8\r\n");
        if (ContentType == Plain) data.Append("X-MMS-IM-Format: FN=MS%20Shell%20Dlg; EF=; CO=0; CS=0; PF=0\r\n");
        if (TypingUser is not null) data.Append("TypingUser: ").Append(TypingUser).Append("\r\n");
        if (Id is not null) data.Append("Message-Id: ").Append(Id).Append("\r\n");
        return data.Append("Session-Id: ").Append(SessionId).Append("\r\n\r\n").Append(Text.ReplaceLineEndings("\r\n")).ToString();
    }

    /// <summary>
    /// COMPAT(pidgin-librvp): it encodes UTF-8 twice, treating each byte as a character. A text is decoded if all its characters are below U+0100 and, as
    /// bytes, they are valid UTF-8 with at least one longer sequence; nobody types such text by hand.
    /// </summary>
    internal static string Undouble(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\u0080', '\u00ff') || text.AsSpan().ContainsAnyExceptInRange('\0', '\u00ff')) return text;
        try
        {
            return new UTF8Encoding(false, true).GetString(Encoding.Latin1.GetBytes(text));
        }
        catch (DecoderFallbackException)
        {
            return text;
        }
    }
}
