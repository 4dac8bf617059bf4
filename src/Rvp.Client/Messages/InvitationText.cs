namespace Rvp.Client.Messages;

/// <summary>The text of an invitation: fields, a line each. [client]</summary>
internal static class InvitationText
{
    private const int MaxCookie = 64;

    /// <summary>Reads an invitation to something; null for the answers to one, and for what cannot be answered.</summary>
    public static (string Cookie, string Application)? Read(string text)
    {
        var fields = text.Split('\n').Select(line => line.Split(':', 2)).Where(field => field.Length == 2)
            .DistinctBy(field => field[0].ToUpperInvariant()).ToDictionary(field => field[0], field => field[1].Trim(), StringComparer.OrdinalIgnoreCase);
        var cookie = fields.GetValueOrDefault("Invitation-Cookie", "");
        return fields.GetValueOrDefault("Invitation-Command") == "INVITE" && cookie.Length is > 0 and <= MaxCookie && cookie.All(char.IsAsciiLetterOrDigit)
            ? (cookie, fields.GetValueOrDefault("Application-Name", ""))
            : null;
    }

    /// <summary>The answer that declines one.</summary>
    public static string Decline(string cookie) => $"Invitation-Command: CANCEL\nInvitation-Cookie: {cookie}\nCancel-Code: REJECT\n";
}
