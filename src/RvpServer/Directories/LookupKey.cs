namespace RvpServer.Directories;

/// <summary>The key of remembered answers; compares without case.</summary>
internal readonly record struct LookupKey(string Domain, string Name)
{
    /// <inheritdoc/>
    public bool Equals(LookupKey other) =>
        Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase) && Domain.Equals(other.Domain, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    /// <remarks>Domains are few.</remarks>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.OrdinalIgnoreCase);
}
