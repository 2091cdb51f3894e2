using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace KubeFed.PowerShell.Sessions;

/// <summary>The sessions of each runspace and which of them is the default. A runspace that goes away takes its entry with it.</summary>
internal sealed class SessionStore
{
    private static readonly ConditionalWeakTable<Runspace, SessionStore> s_stores = [];

    private readonly List<Session> _sessions = [];
    private Session? _default;

    /// <summary>The current runspace's default session; null when there is none, or no runspace.</summary>
    public static Session? Default => Current?._default;

    public static IReadOnlyList<Session> All => Current?._sessions.ToArray() ?? [];

    private static SessionStore? Current => Runspace.DefaultRunspace is { } runspace ? s_stores.GetValue(runspace, _ => new SessionStore()) : null;

    public static bool IsDefault(Session session) => ReferenceEquals(Default, session);

    public static void Add(Session session, bool makeDefault)
    {
        if (Current is not { } store)
        {
            return;
        }

        store._sessions.Add(session);
        if (makeDefault)
        {
            store._default = session;
        }
    }

    /// <summary>Closes a session and forgets it; the most recent of the others becomes the default when it was that.</summary>
    public static void Close(Session session)
    {
        session.Open.Dispose();
        if (Current is not { } store)
        {
            return;
        }

        store._sessions.Remove(session);
        if (ReferenceEquals(store._default, session))
        {
            store._default = store._sessions.LastOrDefault();
        }
    }

    public static void CloseCurrent()
    {
        foreach (var session in All)
        {
            Close(session);
        }
    }
}
