using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>
/// Many views, one presence. Decision: the most recently set deliberate state among live views; else online if any view is online; else
/// idle; else offline. [spec]
/// </summary>
public static class PrincipalPresence
{
    /// <summary>The presence of a principal whose views say these states, with the order in which they were set.</summary>
    public static PresenceState Of(IEnumerable<(PresenceState State, long Order)> views)
    {
        var presence = PresenceState.Offline;
        long deliberateOrder = -1;
        foreach (var (state, order) in views)
        {
            if (PresenceStates.IsDeliberate(state))
            {
                if (order <= deliberateOrder) continue;
                deliberateOrder = order;
                presence = state;
            }
            else if (deliberateOrder < 0 && Weight(state) > Weight(presence))
            {
                presence = state;
            }
        }
        return presence;
    }

    private static int Weight(PresenceState state) => state switch
    {
        PresenceState.Online => 2,
        PresenceState.Idle => 1,
        _ => 0,
    };
}
