namespace Rvp.Engine;

/// <summary>How delivery results combine into the sender's answer.</summary>
public static class Acknowledgement
{
}
