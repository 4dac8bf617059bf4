using System.Collections.Concurrent;
using System.Globalization;
using Rvp.Ldap;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Domains;

namespace RvpServer.Directories.Ldap;

/// <summary>Interprets entries: which belong to a name, and which account one describes. Pure except for a pool of repeated strings.</summary>
internal sealed class LdapAccountMap(LdapAccountSettings settings, IReadOnlyList<ImDomain> domains)
{
    // Host names of home servers repeat in every account, so each is kept once. No organisation has more home servers than this.
    private const int MaxPooledHosts = 1000;

    private const int GuidLength = 16;
    private const int MaxIdLength = 128;

    // [MS-ADTS, 2.2.16]
    private const long AccountDisabled = 2;

    // The last one that is a time.
    private static readonly long MaxFileTime = DateTimeOffset.MaxValue.ToFileTime();

    // Before the physical URL of an account that is disabled here. No server takes this for a URL, earlier versions neither, and enabling it again only takes
    // the mark away: name, addresses and home server stay as they are. Decision.
    private const string DisabledMark = "disabled:";

    // For a broken value in a log line.
    private const int MaxQuoted = 200;

    private readonly LdapAttributeOptions names = settings.Attributes;
    private readonly ConcurrentDictionary<string, string> hosts = new();

    /// <summary>The attributes that <see cref="ToAccount"/> reads.</summary>
    public IReadOnlyList<string> Attributes { get; } =
        [settings.Attributes.ImAddress, settings.Attributes.LogicalUrl, settings.Attributes.PhysicalUrl, settings.Attributes.DisplayName,
            settings.Attributes.Mail, settings.Attributes.AccountName, .. settings.Attributes.Id,
            .. new[] { settings.Attributes.PasswordChanged, settings.Attributes.AccountControl, settings.Attributes.AccountExpires }.OfType<string>()];

    /// <summary>The IM domain by name, or null if it is not one of ours.</summary>
    public ImDomain? FindDomain(string name) => domains.FirstOrDefault(domain => domain.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The IM domain that an address's mail domain belongs to.</summary>
    public ImDomain? FindDomainOf(ImAddress address) => domains.FirstOrDefault(domain => domain.Covers(address.Domain));

    /// <summary>The filter that finds the account of a name; null if no account can have such a name.</summary>
    public LdapFilter? FilterFor(ImDomain domain, string name)
    {
        if (!ImAddress.TryParse(name + "@" + domain.Name, out var address) || address.Name != name) return null;
        if (!RvpUrl.TryParseIdentity(RvpUrl.ForAlias(domain.Name, domain.Port, name).Spelling, out _)) return null;
        var values = domain.MailDomains.Append(domain.Name).SelectMany(InBothForms).Distinct()
            .Select(mail => LdapFilter.Equal(names.ImAddress, name + "@" + mail));
        var ports = new[] { 80, domain.Port }.Distinct();
        var urls = ports.Select(port => LdapFilter.Equal(names.LogicalUrl, RvpUrl.ForAlias(domain.Name, port, name).ToString()));
        return LdapFilter.And(settings.UserFilter, LdapFilter.Or([.. values, .. urls]));
    }

    /// <summary>
    /// Whether an entry is the account of a name. Checked again after the search because directories compare less strictly than we do: some ignore accents, all
    /// ignore doubled spaces, and one account must not be taken for another.
    /// </summary>
    public bool IsNamed(LdapEntry entry, ImDomain domain, string name)
    {
        var logical = LogicalUrl(entry);
        if (logical is not null)
        {
            if (logical.Host != domain.Name) return false;
            if (name.Equals(logical.AliasName, StringComparison.OrdinalIgnoreCase)) return true;
        }
        return Addresses(entry).Any(address => domain.Covers(address.Domain) && name.Equals(address.Name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// The account that an entry describes; <paramref name="trouble"/> says what is wrong with the entry, for the log. Null if it describes none.
    /// </summary>
    /// <remarks>An account that the directory has disabled, or that has expired, is not enabled: nobody else may be asked for its password.</remarks>
    public Account? ToAccount(LdapEntry entry, ImDomain domain, DateTimeOffset now, out string? trouble)
    {
        var logical = LogicalUrl(entry);
        var physical = PhysicalUrl(entry);
        trouble = (logical is null ? Garbage(entry, names.LogicalUrl, entry.Text(names.LogicalUrl)) : null)
            ?? (physical is null ? Garbage(entry, names.PhysicalUrl, PhysicalText(entry)) : null);

        var addresses = Addresses(entry).ToList();
        var name = logical?.AliasName ?? physical?.AliasName;
        var first = Primary(addresses, entry.Text(names.Mail), name, domain);
        name ??= first?.Name;
        if (name is null) return null;

        var email = (first?.ToString()) ?? name + "@" + domain.Name;
        return new Account(
            domain.Name,
            name,
            entry.Text(names.DisplayName) ?? name,
            email,
            addresses.Where(address => !address.Equals(first)).Select(address => address.ToString()).Prepend(email).ToArray(),
            trouble is null && physical is not null ? HomeOf(physical, domain) : null,
            // Decision: an entry with an address but no URL is known but not enabled; one with a broken URL is not served.
            trouble is null && (logical is not null || physical is not null) && !IsMarked(entry) && !IsShutOut(entry, now))
        {
            Id = IdOf(entry),
            SignInName = entry.Text(names.AccountName) is { } own && !own.Equals(name, StringComparison.OrdinalIgnoreCase) ? own : "",
            PasswordMark = names.PasswordChanged is { } changed ? entry.Text(changed) ?? "" : "",
        };
    }

    /// <summary>True if the directory itself has disabled the person, or let the person expire.</summary>
    public bool IsShutOut(LdapEntry entry, DateTimeOffset now) =>
        NumberIn(entry, names.AccountControl) is { } flags && (flags & AccountDisabled) != 0 || HasExpired(entry, now);

    /// <summary>True if the entry has URLs of an account, be it disabled, or one of a domain that is not served here.</summary>
    public bool HasAccount(LdapEntry entry) =>
        IsMarked(entry) || RvpUrl.TryParse(entry.Text(names.LogicalUrl), out _) || RvpUrl.TryParse(entry.Text(names.PhysicalUrl), out _);

    /// <summary>True if the account was disabled by <see cref="Marking"/>.</summary>
    public bool IsMarked(LdapEntry entry) => entry.Text(names.PhysicalUrl)?.StartsWith(DisabledMark, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The change that disables the entry's account, or enables it again.</summary>
    public LdapModification Marking(LdapEntry entry, bool isEnabled) => Homing(PhysicalText(entry), isEnabled);

    /// <summary>The change that gives the entry's account another physical URL; one that is disabled stays so.</summary>
    public LdapModification Homing(LdapEntry entry, string physical) => Homing(physical, !IsMarked(entry));

    /// <summary>The entry's id as text; empty if it has none of these attributes.</summary>
    public string IdOf(LdapEntry entry)
    {
        // Active Directory's is binary, OpenLDAP's is the text of one.
        foreach (var attribute in names.Id)
            if (entry.Bytes(attribute) is { Length: GuidLength } bytes) return settings.IdPrefix + new Guid(bytes);
            else if (entry.Text(attribute) is { Length: <= MaxIdLength } text) return settings.IdPrefix + text;
        return "";
    }

    /// <summary>The IM domain of an entry: by its URL, otherwise by its first address that belongs to one.</summary>
    public ImDomain? DomainOf(LdapEntry entry) =>
        LogicalUrl(entry) is { } logical ? FindDomain(logical.Host) : Addresses(entry).Select(FindDomainOf).FirstOrDefault(domain => domain is not null);

    private IEnumerable<ImAddress> Addresses(LdapEntry entry)
    {
        foreach (var text in entry.Texts(names.ImAddress))
            if (ImAddress.TryParse(text, out var address)) yield return address;
    }

    private static IEnumerable<string> InBothForms(string domain) => [domain, DomainName.ToUnicode(domain)];

    // Never: 0, or the largest number. [MS-ADA1, accountExpires]
    private bool HasExpired(LdapEntry entry, DateTimeOffset now) =>
        NumberIn(entry, names.AccountExpires) is > 0 and var end && end <= MaxFileTime && DateTimeOffset.FromFileTime(end) <= now;

    private static long? NumberIn(LdapEntry entry, string? attribute) =>
        attribute is not null && long.TryParse(entry.Text(attribute), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number : null;

    // Values of an attribute have no order. Decision: the mail address first, otherwise the one with the account's name.
    private static ImAddress? Primary(List<ImAddress> addresses, string? mail, string? name, ImDomain domain) =>
        addresses.Find(address => ImAddress.TryParse(mail, out var own) && address.Equals(own))
        ?? addresses.Find(address => address.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && domain.MailDomains.Contains(address.Domain))
        ?? addresses.Find(address => address.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && domain.Covers(address.Domain))
        ?? addresses.Find(address => domain.Covers(address.Domain))
        ?? addresses.FirstOrDefault();

    private RvpUrl? LogicalUrl(LdapEntry entry) =>
        RvpUrl.TryParse(entry.Text(names.LogicalUrl), out var url) && url.AliasName is not null && FindDomain(url.Host) is not null ? url : null;

    private RvpUrl? PhysicalUrl(LdapEntry entry) => RvpUrl.TryParse(PhysicalText(entry), out var url) && url.AliasName is not null ? url : null;

    // Without the mark; null if nothing is left.
    private string? PhysicalText(LdapEntry entry)
    {
        var text = entry.Text(names.PhysicalUrl);
        return !IsMarked(entry) ? text : text!.Length > DisabledMark.Length ? text[DisabledMark.Length..] : null;
    }

    private LdapModification Homing(string? physical, bool isEnabled) =>
        new(names.PhysicalUrl, isEnabled ? physical is null ? [] : [physical] : [DisabledMark + physical]);

    private static string? Garbage(LdapEntry entry, string attribute, string? value) =>
        value is { } text
            ? $"{attribute} of {entry.Dn} is \"{text[..Math.Min(text.Length, MaxQuoted)]}\": not a URL of a node in a domain served here"
            : null;

    // A physical URL names its home server; a logical URL in its place means a server that hosts the domain itself.
    private string HomeOf(RvpUrl physical, ImDomain domain)
    {
        var home = physical.HomeHost ?? new HostAndPort(physical.Host, physical.Port);
        // Only by host name, as for virtual servers: whatever port the entry contains, its requests come here.
        if (domain.Homes.FirstOrDefault(server => server.HostNames.Contains(home.Host.Trim('[', ']'), StringComparer.OrdinalIgnoreCase)) is { } here)
        {
            return here.Name;
        }
        var host = home.ToString();
        return hosts.Count < MaxPooledHosts ? hosts.GetOrAdd(host, host) : host;
    }
}
