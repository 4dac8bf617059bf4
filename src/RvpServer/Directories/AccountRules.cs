using Rvp.Protocol;

namespace RvpServer.Directories;

/// <summary>Rules for accounts. Each method throws <see cref="AccountException"/> with advice.</summary>
internal static class AccountRules
{
    private const int MaxDisplayNameLength = 256;

    /// <summary>A name must identify the same node however a client writes it: old clients do not escape. [client]</summary>
    public static void CheckName(string domain, string name)
    {
        var node = RvpUrl.ForAlias(domain, 80, name);
        var unescaped = "http://" + domain + "/instmsg/aliases/" + name;
        var isUsable = RvpUrl.TryParseIdentity(node.Spelling, out var escaped) && escaped.Equals(node)
            && RvpUrl.TryParseIdentity(unescaped, out var raw) && raw.Equals(node)
            && RvpUrl.TryParse(unescaped + "/", out var target) && target.Equals(node);
        if (!isUsable) throw new AccountException($"The name {name} cannot stand in a URL: use letters, digits, dot, hyphen and underscore.");
    }

    /// <summary>The display name as stored: trimmed.</summary>
    public static string CheckDisplayName(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Length is 0 or > MaxDisplayNameLength) throw new AccountException($"A display name has 1 to {MaxDisplayNameLength} characters.");
        if (trimmed.EnumerateRunes().Any(rune => System.Text.Rune.IsControl(rune) || rune.Value is 0xFFFD or 0xFFFE or 0xFFFF))
            throw new AccountException("The display name has a character that cannot be shown.");
        return trimmed;
    }

    /// <summary>A home server: a virtual server's name or a host[:port].</summary>
    public static void CheckHome(string? home)
    {
        if (home is null) return;
        if (home.Length is 0 or > 255 || !home.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':'))
            throw new AccountException($"{home} is no name of a home server.");
    }
}
