using System.Buffers;

namespace Rvp.Protocol.Xml;

/// <summary>
/// Checks the beginning of a message's MIME data for everything without which real receivers crash. [client: pidgin-librvp] The text is passed on as it is, so
/// whatever such a receiver would not find here does not count as being there.
/// </summary>
internal static class MimeHead
{
    /// <summary>A head has four or five lines and an invitation about ten; all of it must be within this many characters.</summary>
    public const int MaxLength = 4096;

    private const string Typing = "text/x-msmsgscontrol";

    private static readonly SearchValues<string> Invitation = SearchValues.Create(["x-msmsgsinvite"], StringComparison.OrdinalIgnoreCase);

    // The application whose invitations are for a file. [client]
    private const string FileTransfer = "5D3E02AB-6190-11d3-BBBB-00C04F795683";

    /// <summary>Throws an <see cref="RvpException"/> with what is missing.</summary>
    /// <param name="mime">The first <see cref="MaxLength"/> characters.</param>
    public static void Check(ReadOnlySpan<char> mime)
    {
        var end = EndOf(mime);
        if (end < 0) throw new RvpException("The MIME head of a message must end with an empty line.");
        var head = mime[..end];
        if (!Has(head, "Session-Id", out _)) throw new RvpException("The MIME head of a message must have a Session-Id.");
        // Wherever it stands: receivers differ in which of two types they take.
        if (head.ContainsAny(Invitation)) CheckInvitation(mime[end..]);
    }

    /// <summary>True for a notice that somebody is typing. [client]</summary>
    public static bool IsTypingNotice(ReadOnlySpan<char> mime) =>
        EndOf(mime) is >= 0 and var end && Has(mime[..end], "Content-Type", out var type) && type.StartsWith(Typing, StringComparison.OrdinalIgnoreCase);

    private static void CheckInvitation(ReadOnlySpan<char> fields)
    {
        Require(fields, "Invitation-Cookie");
        var command = Require(fields, "Invitation-Command");
        if (command.Contains("INVITE", StringComparison.OrdinalIgnoreCase))
        {
            if (!Require(fields, "Application-GUID").Contains(FileTransfer, StringComparison.OrdinalIgnoreCase)) return;
            Require(fields, "Application-File");
            Require(fields, "Application-FileSize");
        }
        // Who was invited asks for the connection, then who has invited says where.
        else if (command.Contains("ACCEPT", StringComparison.OrdinalIgnoreCase) && !Has(fields, "Launch-Application", out _))
        {
            Require(fields, "IP-Address");
            Require(fields, "Port");
            Require(fields, "AuthCookie");
        }
    }

    // The first two line ends of one kind without anything between them.
    private static int EndOf(ReadOnlySpan<char> mime)
    {
        var bare = mime.IndexOf("\n\n");
        var full = mime.IndexOf("\r\n\r\n");
        return bare < 0 || (full >= 0 && full < bare) ? full : bare;
    }

    private static ReadOnlySpan<char> Require(ReadOnlySpan<char> fields, string name) =>
        Has(fields, name, out var value) ? value : throw new RvpException($"An invitation must have the field {name}.");

    // Only at the very beginning of a line, and with the colon right behind the name. Only a line feed ends a line: the XML reader turns CRLF into one.
    internal static bool Has(ReadOnlySpan<char> fields, string name, out ReadOnlySpan<char> value)
    {
        foreach (var line in fields.Split('\n'))
        {
            value = fields[line];
            if (value.Length <= name.Length || value[name.Length] != ':' || !value.StartsWith(name, StringComparison.OrdinalIgnoreCase)) continue;
            value = value[(name.Length + 1)..].Trim();
            return true;
        }
        value = default;
        return false;
    }
}
