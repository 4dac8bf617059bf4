using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>
/// Combines many views into one presence. Decision: the deliberate state that was set last among live views; otherwise online if any view is online; otherwise
/// idle; otherwise offline. [spec]
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
