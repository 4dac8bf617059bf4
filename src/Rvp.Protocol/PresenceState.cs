namespace Rvp.Protocol;

/// <summary>What <c>r:state</c> can contain. Stored, so the numbers must not change.</summary>
public enum PresenceState
{
    /// <summary>Not available.</summary>
    Offline = 0,

    /// <summary>Available.</summary>
    Online = 1,

    /// <summary>Available, but the keyboard is not in use; applies to one view only.</summary>
    Idle = 2,

    /// <summary>Away.</summary>
    Away = 3,

    /// <summary>Busy.</summary>
    Busy = 4,

    /// <summary>Be right back.</summary>
    BackSoon = 5,

    /// <summary>On the phone.</summary>
    OnPhone = 6,

    /// <summary>Out to lunch.</summary>
    AtLunch = 7,

    /// <summary>Appear offline: watchers see offline. [client]</summary>
    Invisible = 8,
}

/// <summary>Names and rules of presence states.</summary>
public static class PresenceStates
{
    private static readonly string[] Names = ["offline", "online", "idle", "away", "busy", "back-soon", "on-phone", "at-lunch", "invisible"];
    private static readonly string[] Elements = [.. Names.Select(name => "<r:" + name + "/>")];

    /// <summary>The element's local name, for example <c>on-phone</c>.</summary>
    public static string NameOf(PresenceState state) => Names[(int)state];

    /// <summary>The element, for example <c>&lt;r:on-phone/&gt;</c>; the prefix must be declared around it.</summary>
    public static string ElementOf(PresenceState state) => Elements[(int)state];

    /// <summary>Finds a state by its exact local name.</summary>
    public static bool TryParseName(ReadOnlySpan<char> name, out PresenceState state)
    {
        for (var i = 0; i < Names.Length; i++)
        {
            if (!name.SequenceEqual(Names[i])) continue;
            state = (PresenceState)i;
            return true;
        }
        state = default;
        return false;
    }

    /// <summary>Reads what <see cref="ElementOf"/> writes.</summary>
    public static bool TryParseElement(string innerXml, out PresenceState state)
    {
        var index = Array.IndexOf(Elements, innerXml);
        state = index < 0 ? default : (PresenceState)index;
        return index >= 0;
    }

    /// <summary>True for a state that a person chose: it counts for the principal, whatever other views say.</summary>
    public static bool IsDeliberate(PresenceState state) => state >= PresenceState.Away;

    /// <summary>What others see instead of it.</summary>
    public static PresenceState ShownAs(PresenceState state) => state == PresenceState.Invisible ? PresenceState.Offline : state;
}
