namespace RvpServer.Administration;

/// <summary>Somebody who administers, with all that they may do.</summary>
/// <param name="Name">Their address, or <c>operating system user NAME</c>.</param>
/// <param name="Source">Where they act from: a network address, or <c>command line</c>.</param>
/// <param name="Grants">Their roles, also through groups.</param>
internal sealed record Administrator(string Name, string Source, IReadOnlyList<RoleGrant> Grants)
{
    /// <summary>What the command line's people come from.</summary>
    public const string CommandLine = "command line";

    private const int MaxNameLength = 64;

    private static readonly IReadOnlyList<RoleGrant> Everything =
        [new(GrantKind.Account, "", "", null, AdminRole.FullAdministrator, DateTimeOffset.UnixEpoch)];

    /// <summary>Who makes the first administrator: see the folder AdminConsole.</summary>
    public static Administrator OfFirstLink { get; } = new("link for the first administrator", "server's log", Everything);

    /// <summary>The IM domains they may see; null: all.</summary>
    public IReadOnlySet<string>? Domains =>
        RoleOver(null) is null ? Grants.Select(grant => grant.Domain!).ToHashSet(StringComparer.OrdinalIgnoreCase) : null;

    /// <summary>Whoever can open the data directory may do everything with it: the operating system has decided that.</summary>
    /// <param name="user">The name, as the command line gives it.</param>
    public static Administrator OfOperatingSystem(string user)
    {
        var name = string.Concat(user.Where(c => !char.IsControl(c)).Take(MaxNameLength));
        return new Administrator($"operating system user {(name.Length == 0 ? "(unknown)" : name)}", CommandLine, Everything);
    }

    /// <summary>The highest role for an IM domain, or for the whole installation, which null stands for; null: none.</summary>
    public AdminRole? RoleOver(string? domain) => Grants
        .Where(grant => grant.Domain is null || grant.Domain.Equals(domain, StringComparison.OrdinalIgnoreCase))
        .Max(grant => (AdminRole?)grant.Role);

    /// <summary>True if they have this role, or a higher one.</summary>
    public bool Has(AdminRole role, string? domain) => RoleOver(domain) >= role;

    /// <summary>Throws <see cref="NotAllowedException"/> unless they have this role, or a higher one.</summary>
    public void Require(AdminRole role, string? domain)
    {
        if (!Has(role, domain)) throw new NotAllowedException($"This needs the role {role.Name()} for {domain ?? "the whole installation"}.");
    }

    /// <summary>
    /// Throws <see cref="NotAllowedException"/> if somebody has a role that these do not reach: whoever sets the password of a Full Administrator can be one.
    /// </summary>
    public void RequireReach(IEnumerable<RoleGrant> theirs)
    {
        if (theirs.FirstOrDefault(grant => !Has(grant.Role, grant.Domain)) is not { } higher) return;
        throw new NotAllowedException(
            $"{higher.Name} is {higher.Role.Name()} for {higher.Domain ?? "the whole installation"}: only those who are that too may change the account.");
    }
}
