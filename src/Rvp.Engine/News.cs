using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine;

/// <summary>
/// What somebody is told of a contact: how it looks now, not what happened. So newer news of one contact replace older ones that still wait, and sending the
/// same twice does no harm.
/// </summary>
/// <param name="From">The contact, as the receiver spells it: notification-from.</param>
/// <param name="To">The receiver: notification-to.</param>
/// <param name="Changes">The properties with their values, presence first.</param>
public sealed record News(string From, string To, IReadOnlyList<Property> Changes)
{
    /// <summary>Both in one: of each property the newer value. These news themselves if they tell all that the older ones told.</summary>
    public News After(News older)
    {
        var both = NotificationXml.Merge(older.Changes, Changes);
        return ReferenceEquals(both, Changes) ? this : this with { Changes = both };
    }
}
