using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Rvp.Protocol;

/// <summary>
/// The http URL of a node or a server: the identity of a principal. Logical and physical URLs of one node compare equal: the IM domain and the path inside it
/// are compared. Hosts and paths compare without case, percent-escapes by their meaning; a trailing slash and the default port do not count.
/// <see cref="Spelling"/> keeps the original text, because clients compare byte by byte.
/// </summary>
/// <remarks>
/// Request targets come in all these spellings (<see cref="TryParseTarget"/>). What is passed on to others, or says who somebody is, must be an identity
/// (<see cref="TryParseIdentity"/>): other readers do not know that two spellings are one node, and would see somebody else.
/// </remarks>
public sealed class RvpUrl : IEquatable<RvpUrl>
{
    /// <summary>Longest URL accepted, in characters. URLs are stored and repeated in every notification, so the limit is small.</summary>
    public const int MaxLength = 1024;

    /// <summary>What an identity looks like, for refusals.</summary>
    public const string IdentityForm = "http://HOST[:PORT]/instmsg/aliases/NAME or a host, without anything else";

    private const string AliasPrefix = "/instmsg/aliases/";
    private const string LocalPrefix = "/instmsg/local/";
    private const string AliasesLocalPrefix = "/instmsg/aliases/local/";

    private static readonly SearchValues<char> Unescaped =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-._~!$'()*+,;=:@");

    private static readonly SearchValues<char> Unclean = SearchValues.Create([.. Enumerable.Range(0, ' ' + 1).Select(c => (char)c), '"', '<', '>', '\u007f']);

    // Null where it stands in the spelling as it is; only in URLs that are kept.
    private readonly string? path;

    // Computed once; 0: not yet. URLs are the keys of every table.
    private int hash;

    private RvpUrl(string host, int port, string? path, HostAndPort? homeHost, string spelling)
    {
        Host = host;
        Port = port;
        this.path = path;
        HomeHost = homeHost;
        Spelling = spelling;
    }

    /// <summary>The IM domain (for a physical URL the one in its path), in lower case.</summary>
    public string Host { get; }

    /// <summary>The port; 80 if the URL does not contain one.</summary>
    public int Port { get; }

    /// <summary>The path inside the IM domain, percent-decoded, without trailing slash; empty for a bare host.</summary>
    public string Path => path ?? PathText.ToString();

    /// <summary>The home server if the URL is a physical one; null otherwise.</summary>
    public HostAndPort? HomeHost { get; }

    /// <summary>The logical URL with host and path in the letters of the writer. A physical URL is converted to the logical one.</summary>
    public string Spelling { get; }

    /// <summary>True for a principal that is a server and not a node.</summary>
    public bool IsBareHost => PathText.IsEmpty;

    /// <summary>The account name of a user's node; null for other URLs.</summary>
    public string? AliasName => Alias is { IsEmpty: false } name ? name.ToString() : null;

    private ReadOnlySpan<char> Alias =>
        PathText.StartsWith(AliasPrefix, StringComparison.OrdinalIgnoreCase) && !PathText[AliasPrefix.Length..].Contains('/')
            ? PathText[AliasPrefix.Length..] : default;

    /// <summary>The logical URL of a user: <c>http://DOMAIN[:PORT]/instmsg/aliases/NAME</c>.</summary>
    public static RvpUrl ForAlias(string domain, int port, string name)
    {
        var host = domain.ToLowerInvariant();
        var path = AliasPrefix + name;
        return new RvpUrl(host, port, path, null, string.Concat("http://", new HostAndPort(host, port).ToString(), Escape(path)));
    }

    /// <summary>
    /// Parses the one form in which a principal may be passed on: <c>http://HOST[:PORT]/instmsg/aliases/NAME</c> in any letters, or a bare host for a server or
    /// a domain. A reader that takes the first host and the last segment sees the same principal. (Decision)
    /// </summary>
    public static bool TryParseIdentity([NotNullWhen(true)] string? text, [NotNullWhen(true)] out RvpUrl? url)
    {
        url = null;
        if (text is null || text.Length > MaxLength) return false;
        var hasScheme = text.StartsWith("http://", StringComparison.Ordinal);
        var rest = hasScheme ? text.AsSpan(7) : text;
        var slash = rest.IndexOf('/');
        var authority = slash < 0 ? rest : rest[..slash];
        if (!HostAndPort.TryParse(authority, out var place) || !IsPlain(authority, place)) return false;
        if (slash < 0)
        {
            if (!hasScheme && authority.Length != place.Host.Length) return false;
            url = new RvpUrl(place.Host, place.Port, "", null, text);
            return true;
        }
        var path = rest[slash..];
        if (!hasScheme || !path.StartsWith(AliasPrefix, StringComparison.OrdinalIgnoreCase) || !TryReadAlias(path, out var decoded)) return false;
        if (IsTooLong(place.Host, decoded)) return false;
        url = new RvpUrl(place.Host, place.Port, decoded, null, text);
        return true;
    }

    /// <summary>Parses an absolute URL from a header or an XML body in any spelling; surrounding white space is ignored.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out RvpUrl? url)
    {
        url = null;
        if (text is null || text.Length > MaxLength) return false;
        var trimmed = WithAsciiHost(text.Trim()).AsSpan();
        string rest;
        if (trimmed.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) rest = trimmed[7..].ToString();
        else if (trimmed.Contains("://", StringComparison.Ordinal) || trimmed.Contains('/')) return false;
        else rest = trimmed.ToString(); // A principal may be a bare host. [spec]
        if (!IsCleanText(rest)) return false;

        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var authority = slash < 0 ? rest : rest[..slash];
        var rawPath = slash < 0 ? "" : rest[slash..];
        return TrySplitAuthority(authority, out var host, out var port) && TryBuild(host, port, port, authority, rawPath, trimmed.ToString(), out url);
    }

    /// <summary>
    /// A URL or a bare host with a host that was written in Unicode in its ASCII form; any other text as it is. An identity has no other form, since other
    /// readers know no other.
    /// </summary>
    public static string WithAsciiHost(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var start = text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? "http://".Length : 0;
        var slash = text.IndexOf('/', start);
        var authority = slash < 0 ? text[start..] : text[start..slash];
        if (Ascii.IsValid(authority) || !HostAndPort.TryParse(authority, out var place)) return text;
        return text[..start] + place + (slash < 0 ? "" : text[slash..]);
    }

    /// <summary>
    /// The node that a request names: <paramref name="hostHeader"/> and the raw request target, which may be an absolute URL. <paramref name="publicPort"/>,
    /// the IM domain's port, is used if the Host header contains none. [client]
    /// </summary>
    public static bool TryParseTarget(string hostHeader, string rawTarget, int publicPort, [NotNullWhen(true)] out RvpUrl? url)
    {
        url = null;
        if ("http://".Length + hostHeader.Length + rawTarget.Length > MaxLength || !IsCleanText(rawTarget)) return false;
        if (rawTarget.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) return TryParse(rawTarget, out url);
        if (!rawTarget.StartsWith('/') || !TrySplitAuthority(hostHeader, out var host, out var port)) return false;
        var authority = hostHeader;
        if (!hostHeader.Contains(':', StringComparison.Ordinal) && publicPort != HostAndPort.DefaultPort)
        {
            port = publicPort;
            authority = WithPort(hostHeader, publicPort);
        }
        return TryBuild(host, port, publicPort, authority, rawTarget, null, out url);
    }

    /// <summary>True for the node of an account with this name.</summary>
    public bool IsAliasOf(string name) => Alias.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The same node in a spelling that may be passed on: its own, or the canonical one.</summary>
    public RvpUrl AsIdentity() => TryParseIdentity(Spelling, out _) ? this : new RvpUrl(Host, Port, Path, HomeHost, ToString());

    /// <summary>The same node in the same spelling, to be kept: without the home server, and with <paramref name="host"/>, which equals its own.</summary>
    public RvpUrl ToKeep(string host) =>
        new(host, Port, Spelling.StartsWith("http://", StringComparison.Ordinal) && PathIn(Spelling).SequenceEqual(PathText) ? null : path, null, Spelling);

    /// <summary>The same node under the domain's canonical host and port; the spelling stays.</summary>
    public RvpUrl WithDomain(string domain, int port) =>
        Host == domain && Port == port ? this : new RvpUrl(domain, port, path, HomeHost, Spelling);

    /// <summary>The same node with its canonical path (a further name replaced by the account's name); the spelling stays.</summary>
    public RvpUrl WithAlias(string name) => new(Host, Port, AliasPrefix + name, HomeHost, Spelling);

    /// <summary>The physical URL on a home server, with the path in this URL's own letters (the home server answers in them).</summary>
    public string PhysicalOn(HostAndPort homeServer)
    {
        var authority = Spelling.AsSpan(7);
        var slash = authority.IndexOf('/');
        var path = slash < 0 ? default : authority[slash..];
        return string.Create(CultureInfo.InvariantCulture, $"http://{homeServer}{LocalPrefix}{Host}{path}");
    }

    /// <summary>Canonical text: lower-case host, no default port, escaped path.</summary>
    public override string ToString() => string.Concat("http://", new HostAndPort(Host, Port).ToString(), Escape(PathText));

    /// <summary>True if the paths are the same in all letters.</summary>
    public bool HasPathOf(RvpUrl other) => PathText.SequenceEqual(other.PathText);

    /// <inheritdoc/>
    public bool Equals(RvpUrl? other) =>
        ReferenceEquals(this, other) || other is not null && GetHashCode() == other.GetHashCode() && Port == other.Port && Host == other.Host
            && PathText.Equals(other.PathText, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RvpUrl);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        // Two threads may both compute it: it is the same number.
        if (hash == 0) hash = HashCode.Combine(Host, Port, string.GetHashCode(PathText, StringComparison.OrdinalIgnoreCase));
        return hash;
    }

    private ReadOnlySpan<char> PathText => path is null ? PathIn(Spelling) : path;

    private static ReadOnlySpan<char> PathIn(string spelling)
    {
        var afterScheme = spelling.AsSpan("http://".Length);
        var slash = afterScheme.IndexOf('/');
        return slash < 0 ? default : afterScheme[slash..];
    }

    // Nothing but the host and, in its shortest form, the port; other readers stop at the first colon of an IPv6 address.
    private static bool IsPlain(ReadOnlySpan<char> authority, HostAndPort place) =>
        place.Host[0] != '['
        && (authority.Equals(place.Host, StringComparison.OrdinalIgnoreCase)
            || authority.Equals(string.Create(CultureInfo.InvariantCulture, $"{place.Host}:{place.Port}"), StringComparison.OrdinalIgnoreCase));

    // The path of a user's node with its name unescaped.
    private static bool TryReadAlias(ReadOnlySpan<char> path, out string decoded)
    {
        decoded = "";
        if (AccountName.IsPlain(path[AliasPrefix.Length..]))
        {
            decoded = path.ToString();
            return true;
        }
        if (!AccountName.TryRead(path[AliasPrefix.Length..].ToString(), out var name)) return false;
        decoded = string.Concat(path[..AliasPrefix.Length], name);
        return true;
    }

    // Without a spelling it is the authority and the path.
    private static bool TryBuild(string host, int port, int domainPort, string authority, string rawPath, string? spelling, [NotNullWhen(true)] out RvpUrl? url)
    {
        url = null;
        var query = rawPath.AsSpan().IndexOfAny('?', '#');
        if (query >= 0) rawPath = rawPath[..query];
        HostAndPort? homeHost = null;
        var inner = InnerOfPhysical(rawPath);
        if (inner is not null)
        {
            homeHost = new HostAndPort(host, port);
            var slash = inner.IndexOf('/', StringComparison.Ordinal);
            var domain = slash < 0 ? inner : inner[..slash];
            var innerPath = slash < 0 ? "" : inner[slash..];
            // In a path, letters that are not ASCII come escaped.
            if (Decode(domain) is var decoded && !Ascii.IsValid(decoded)) domain = decoded;
            if (!TrySplitAuthority(domain, out host, out var innerPort)) return false;
            if (!Ascii.IsValid(domain)) domain = domain.Contains(':', StringComparison.Ordinal) ? WithPort(host, innerPort) : host;
            // The path of a physical URL need not contain the domain's port: then the public port is used.
            var hasPort = domain.Contains(':', StringComparison.Ordinal);
            port = hasPort ? innerPort : domainPort;
            if (innerPath.Length > 0 && !innerPath.StartsWith("/instmsg/", StringComparison.OrdinalIgnoreCase) && innerPath.IndexOf('/', 1) < 0)
                innerPath = AliasPrefix[..^1] + innerPath; // /instmsg/local/DOMAIN/NAME
            else if (innerPath.StartsWith("/instmsg/", StringComparison.OrdinalIgnoreCase) && innerPath.IndexOf('/', 9) < 0)
                innerPath = AliasPrefix[..^1] + innerPath[8..]; // /instmsg/local/DOMAIN/instmsg/NAME [white paper]
            rawPath = innerPath;
            spelling = "http://" + (hasPort || port == HostAndPort.DefaultPort ? domain : WithPort(domain, port)) + innerPath;
        }
        else if (spelling is null || query >= 0)
        {
            spelling = "http://" + authority + rawPath;
        }
        var path = Decode(rawPath).TrimEnd('/');
        // A path that becomes a physical URL after unescaping would name two nodes.
        if (InnerOfPhysical(path) is not null || IsTooLong(host, path)) return false;
        if (path.Contains('\0', StringComparison.Ordinal) || path.AsSpan().ContainsAnyInRange('\u0001', '\u001f')) return false;
        if (path.Length == 0 && spelling.EndsWith('/')) spelling = spelling.TrimEnd('/');
        url = new RvpUrl(host, port, path, homeHost, spelling);
        return true;
    }

    // The canonical text must be a URL as well.
    private static bool IsTooLong(string host, string path)
    {
        var rest = MaxLength - "http://:65535".Length - host.Length;
        // No character becomes more than nine.
        return path.Length * 9 > rest && Escape(path).Length > rest;
    }

    private static string? InnerOfPhysical(string path) =>
        path.StartsWith(AliasesLocalPrefix, StringComparison.OrdinalIgnoreCase) ? path[AliasesLocalPrefix.Length..]
        : path.StartsWith(LocalPrefix, StringComparison.OrdinalIgnoreCase) ? path[LocalPrefix.Length..]
        : null;

    // In the letters of the writer, unlike HostAndPort.
    private static string WithPort(string host, int port) => host + ":" + port.ToString(CultureInfo.InvariantCulture);

    private static bool TrySplitAuthority(string authority, out string host, out int port)
    {
        var isValid = HostAndPort.TryParse(authority, out var place);
        (host, port) = isValid ? (place.Host, place.Port) : ("", HostAndPort.DefaultPort);
        return isValid;
    }

    // Text that is safe in a header or an attribute.
    private static bool IsCleanText(string text) =>
        !text.AsSpan().ContainsAny(Unclean) && (!text.AsSpan().ContainsAnyInRange('\ud800', '\udfff') || IsPaired(text));

    private static bool IsPaired(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else if (char.IsSurrogate(text[i])) return false;
        }
        return true;
    }

    // COMPAT(pidgin-librvp): it sends names without escaping ("x%y"), so an invalid escape is taken literally.
    internal static string Decode(string path)
    {
        if (!path.Contains('%', StringComparison.Ordinal)) return path;
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(path.Length)];
        var length = 0;
        for (var i = 0; i < path.Length; i++)
        {
            if (AccountName.IsEscape(path, i))
            {
                bytes[length++] = AccountName.ByteAt(path, i);
                i += 2;
            }
            else
            {
                var step = char.IsHighSurrogate(path[i]) && i + 1 < path.Length ? 2 : 1;
                length += Encoding.UTF8.GetBytes(path.AsSpan(i, step), bytes.AsSpan(length));
                i += step - 1;
            }
        }
        try
        {
            return new UTF8Encoding(false, true).GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return path;
        }
    }

    private static ReadOnlySpan<char> Escape(ReadOnlySpan<char> path)
    {
        if (!path.ContainsAnyExcept(Unescaped)) return path;
        var result = new StringBuilder(path.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(path.ToString()))
        {
            if (Unescaped.Contains((char)b)) result.Append((char)b);
            else result.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }
        return result.ToString();
    }
}
