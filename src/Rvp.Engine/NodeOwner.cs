namespace Rvp.Engine;

/// <summary>What the directory says about a node's owner.</summary>
/// <param name="DisplayName">Display name, until the owner sets another.</param>
/// <param name="Email">Primary IM address.</param>
public sealed record NodeOwner(string DisplayName, string Email);
