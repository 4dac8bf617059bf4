using System.Text;
using System.Xml.Linq;

namespace Rvp.Protocol.Xml;

/// <summary>The a:rvpacl document. [spec, ACL]</summary>
public static class AclXml
{
    private const int MaxEntries = 1000;

    // Also sent as the text of a:rvp-principal. [client: pidgin-librvp]
    private const string Everyone = "allprincipals";

    private static readonly XNamespace Acl = RvpXml.Acl;

    // In the order of writing.
    private static readonly (string Name, Rights Right)[] RightNames =
    [
        ("list", Rights.List), ("read", Rights.Read), ("write", Rights.Write), ("send-to", Rights.SendTo), ("receive-from", Rights.ReceiveFrom),
        ("readacl", Rights.ReadAcl), ("writeacl", Rights.WriteAcl), ("presence", Rights.Presence), ("subscriptions", Rights.Subscriptions),
        ("subscribe-others", Rights.SubscribeOthers),
    ];

    // In the order of writing, which is that of real clients. [client]
    private static readonly (string Name, Credentials Kind)[] CredentialNames =
    [
        ("assertion", Credentials.Assertion), ("digest", Credentials.Digest), ("ntlm", Credentials.Ntlm), ("internal", Credentials.Internal),
    ];

    /// <summary>Reads a change to an access list; throws <see cref="Refusal.CredentialsNotSpecified"/> for an entry without credentials.</summary>
    public static IReadOnlyList<AccessEntry> Read(ReadOnlyMemory<byte> body) =>
        [.. Entries(body).Select(ace => ReadEntry(ace) ?? throw new RvpException("a:rvp-principal must be " + RvpUrl.IdentityForm + "."))];

    /// <summary>Reads the list that a server answers with; entries for what is no identity are left out, since nobody can be told who that is.</summary>
    public static IReadOnlyList<AccessEntry> ReadAnswer(ReadOnlyMemory<byte> body) => [.. Entries(body).Select(ReadEntry).OfType<AccessEntry>()];

    private static List<XElement> Entries(ReadOnlyMemory<byte> body)
    {
        var root = RvpXml.ReadDocument(body);
        if (root.Name != Acl + "rvpacl") throw new RvpException("The root of an access list must be a:rvpacl.");
        var list = root.Element(Acl + "acl") ?? throw new RvpException("a:rvpacl must hold a:acl.");
        var entries = list.Elements(Acl + "ace").Take(MaxEntries + 1).ToList();
        return entries.Count <= MaxEntries ? entries : throw new RvpException($"The access list has more than {MaxEntries} entries.");
    }

    /// <summary>Writes an access list with each right listed, since clients do not know a:all. [client]</summary>
    public static byte[] Write(IReadOnlyList<AccessEntry> entries)
    {
        var text = new StringBuilder(RvpXml.Prolog, 256 + 512 * entries.Count);
        text.Append("<a:rvpacl xmlns:a='").Append(RvpXml.Acl).Append("'><a:acl><a:inheritance>none</a:inheritance>");
        foreach (var entry in entries)
        {
            text.Append("<a:ace><a:principal>");
            if (entry.Principal is null) text.Append("<a:allprincipals/>");
            else text.Append("<a:rvp-principal>").Append(RvpXml.Escape(entry.Principal.AsIdentity().Spelling)).Append("</a:rvp-principal>");
            AppendCredentials(text, entry.Credentials);
            text.Append("</a:principal>");
            AppendRights(text, "grant", entry.Grant);
            AppendRights(text, "deny", entry.Deny);
            text.Append("</a:ace>");
        }
        return RvpXml.ToBytes(text.Append("</a:acl></a:rvpacl>"));
    }

    // Null for a principal that is no identity.
    private static AccessEntry? ReadEntry(XElement ace)
    {
        var principals = ace.Elements(Acl + "principal").ToList();
        if (principals.Count != 1) throw new RvpException("An ace must hold exactly one a:principal.");
        if (!TryReadPrincipal(principals[0], out var principal)) return null;
        return new AccessEntry(principal, ReadCredentials(principals[0]), ReadRights(ace, "grant"), ReadRights(ace, "deny"));
    }

    // Null for everyone.
    private static bool TryReadPrincipal(XElement principal, out RvpUrl? url)
    {
        url = null;
        var named = principal.Elements().Where(element => element.Name == Acl + "rvp-principal" || element.Name == Acl + Everyone).ToList();
        if (named.Count != 1) throw new RvpException("An ace must name exactly one principal.");
        if (named[0].Name == Acl + Everyone) return true;
        // White space around it is harmless: the list is not passed on as it came.
        var text = named[0].Value.Trim();
        return text == Everyone || RvpUrl.TryParseIdentity(RvpUrl.WithAsciiHost(text), out url);
    }

    private static Credentials ReadCredentials(XElement principal)
    {
        var credentials = Credentials.None;
        foreach (var element in principal.Elements(Acl + "credentials").Elements())
        {
            var kind = element.Name == Acl + "any" ? Credentials.Any : Find(CredentialNames, element.Name);
            credentials |= kind ?? throw new RvpException("a:credentials may hold any, ntlm, digest, assertion and internal.");
        }
        if (credentials == Credentials.None) throw new RvpException(Refusal.CredentialsNotSpecified);
        return credentials.HasFlag(Credentials.Any) ? Credentials.Any : credentials;
    }

    private static Rights ReadRights(XElement ace, string list)
    {
        var rights = Rights.None;
        foreach (var element in ace.Elements(Acl + list).Elements())
        {
            var right = element.Name == Acl + "all" ? Rights.All : Find(RightNames, element.Name);
            rights |= right ?? throw new RvpException($"a:{list} holds something that is no right.");
        }
        return rights;
    }

    private static T? Find<T>((string Name, T Value)[] names, XName name) where T : struct
    {
        if (name.Namespace != Acl) return null;
        foreach (var (known, value) in names)
            if (known == name.LocalName) return value;
        return null;
    }

    private static void AppendCredentials(StringBuilder text, Credentials credentials)
    {
        text.Append("<a:credentials>");
        if (credentials.HasFlag(Credentials.Any)) text.Append("<a:any/>");
        else AppendNames(text, CredentialNames, kind => credentials.HasFlag(kind));
        text.Append("</a:credentials>");
    }

    private static void AppendRights(StringBuilder text, string list, Rights rights)
    {
        if (rights == Rights.None)
        {
            text.Append("<a:").Append(list).Append("/>");
            return;
        }
        text.Append("<a:").Append(list).Append('>');
        AppendNames(text, RightNames, right => rights.HasFlag(right));
        text.Append("</a:").Append(list).Append('>');
    }

    private static void AppendNames<T>(StringBuilder text, (string Name, T Value)[] names, Func<T, bool> isHeld)
    {
        foreach (var (name, value) in names)
            if (isHeld(value)) text.Append("<a:").Append(name).Append("/>");
    }
}
