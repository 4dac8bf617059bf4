using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>What one sign-in says about properties: leased values, above all presence.</summary>
public sealed class View(int id, int? signIn)
{
    /// <summary>31-bit positive, from the same sequence as subscriptions.</summary>
    public int Id { get; } = id;

    /// <summary>The sign-in that it belongs to; null for a state set without one.</summary>
    public int? SignIn { get; } = signIn;

    /// <summary>Its values.</summary>
    public ViewValues Values { get; private set; } = ViewValues.None;

    internal void Set(PropertyName name, ViewValue value) => Values = Values.With(name, value);

    internal void Renew(PropertyName name, DateTimeOffset expiresAt)
    {
        if (Values.TryGetValue(name, out var value)) Set(name, value with { ExpiresAt = expiresAt });
    }

    internal void Remove(PropertyName name) => Values = Values.Without(name);
}
