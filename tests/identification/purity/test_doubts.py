"""
The many ways in which an extractor's answer may change from one request to the next: none is proven pure.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from provd.identification.purity.proof import is_proven_pure
from provd.identification.requests import RequestType
from tests.identification.purity.plugins import load, method

# Each would be proven without what it has in it.
STATE = "return {'model': self._T.get(request.path, 'x')}"

DOUBTFUL = {
    # State of the object, the class and the module.
    "counter of the object": method("self.n = 1\nreturn {}"),
    "counter of the class": method("Extractor.n += 1\nreturn {'sn': Extractor.n}", members="n = 0\n"),
    "counter through type": method("type(self).n += 1\nreturn {}", members="n = 0\n"),
    "global": method("global N\nN += 1\nreturn {'sn': N}", before="N = 0"),
    "global of a helper": method(
        "return {'sn': count()}", before="N = 0\ndef count():\n    global N\n    N += 1\n    return N\n"
    ),
    "cache of the class": method(
        "if request.path not in self._T:\n    self._T[request.path] = {'n': 1}\nreturn self._T[request.path]",
        members="_T = {}\n",
    ),
    "cache of the module": method("return {'sn': T.setdefault(request.path, len(T))}", before="T = {}"),
    "list of the class": method("self._T.append(1)\nreturn {'sn': len(self._T)}", members="_T = []\n"),
    "set of the module": method("T.add(request.path)\nreturn {'sn': len(T)}", before="T = set()"),
    "unbound mutator": method("dict.update(T, {request.path: 1})\nreturn {'sn': len(T)}", before="T = {}"),
    "mutator through a name of the type": method(
        "d = dict\nd.update(T, {request.path: 1})\nreturn {'sn': len(T)}", before="T = {}"
    ),
    "augmented alias": method("t = self._T\nt += [1]\nreturn {'sn': len(t)}", members="_T = [0]\n"),
    "alias through a container": method(
        "t = [self._T][0]\nt.append(1)\nreturn {'sn': len(t)}", members="_T = [0]\n"
    ),
    "alias through or": method("t = T or []\nt.append(1)\nreturn {'sn': len(t)}", before="T = [0]"),
    "alias through a helper": method(
        "t = get()\nt.append(1)\nreturn {'sn': len(t)}", before="T = [0]\ndef get():\n    return T\n"
    ),
    "table within a table": method(
        "self._T['a'].append(1)\nreturn {'sn': len(self._T['a'])}", members="_T = {'a': []}\n"
    ),
    "mutable in a tuple": method("return {'sn': len(T[0])}", before="T = ([],)"),
    "mutable default": method(
        "return f(request.path)", before="def f(x, seen=[]):\n    return {'sn': len(seen)}\n"
    ),
    "mutable keyword default": method(
        "return f()", before="def f(*, seen={}):\n    return {'sn': len(seen)}\n"
    ),
    "iterator of the module": method("return {'sn': next(N)}", before="N = itertools.count()"),
    "iterator of a list": method("return {'sn': next(self.N)}", members="N = iter([1, 2, 3])\n"),
    "generator of the module": method("return {'sn': next(N)}", before="N = (x for x in (1, 2, 3))"),
    "generator": method("yield {}"),
    "generator helper": method("return next(f())", before="def f():\n    yield time.time()\n"),
    "subclass of a dict": method(
        "return {'sn': T['x']}",
        before="class D(dict):\n    def __missing__(self, key):\n        return time.time()\nT = D()\n",
    ),
    "subclass of a str": method(
        "return {'sn': T.upper()}",
        before="class S(str):\n    def upper(self):\n        return time.time()\nT = S()\n",
    ),
    # What others do to what it reads.
    "table changed by the plugin": method(
        STATE, members="_T = {}\n", after="def f():\n    Extractor._T['x'] = 1\n"
    ),
    "table changed by another name": method(
        STATE, before="OTHER = {}", members="_T = OTHER\n", after="def f():\n    OTHER['x'] = 1\n"
    ),
    "table known by another name later": method(
        STATE, members="_T = {}\n", after="A = Extractor._T\ndef f():\n    A['x'] = 1\n"
    ),
    "table given away": method(STATE, members="_T = {}\n", after="def f(raw_config):\n    g(Extractor._T)\n"),
    "table returned": method(STATE, members="_T = {}\n", after="def f():\n    return Extractor._T\n"),
    "table given to an operator": method(
        STATE, members="_T = {}\n", after="def f(x):\n    return x == Extractor._T\n"
    ),
    "table reached by text": method(
        STATE, members="_T = {}\n", after="def f():\n    getattr(Extractor, '_T')['x'] = 1\n"
    ),
    "table reached by worked-out text": method(
        STATE, members="_T = {}\n", after="def f(name):\n    getattr(Extractor, name)['x'] = 1\n"
    ),
    "table replaced": method(STATE, members="_T = {}\n", after="def f():\n    Extractor._T = {'x': 1}\n"),
    "table deleted": method(STATE, members="_T = {}\n", after="def f():\n    del Extractor._T\n"),
    "table that a reader of its own reads": method(
        STATE, members="_T = {}\n", after="def len(x):\n    x[1] = 2\ndef f():\n    len(Extractor._T)\n"
    ),
    "table as a default": method(STATE, members="_T = {}\ndef f(self, t=_T):\n    t['x'] = 1\n"),
    "table through min": method(
        STATE, members="_T = {}\n", after="def f():\n    min(Extractor._T, {}).clear()\n"
    ),
    "table through sum": method(
        STATE, members="_T = {}\n", after="def f():\n    sum([], Extractor._T).clear()\n"
    ),
    "table to what a function calls len": method(
        STATE, members="_T = {}\n", after="def f(len):\n    len(Extractor._T)\n"
    ),
    "table to what a case calls len": method(
        STATE,
        members="_T = {}\n",
        after="def f(x):\n    match x:\n        case len:\n            len(Extractor._T)\n",
    ),
    "constant replaced": method(
        "return {'model': MODEL}", before="MODEL = 'x'", after="def f():\n    global MODEL\n    MODEL = 'y'\n"
    ),
    "constant replaced by text": method(
        "return {'model': MODEL}", before="MODEL = 'x'", after="def f(names):\n    names['MODEL'] = 'y'\n"
    ),
    "constant replaced by a keyword": method(
        "return {'model': MODEL}", before="MODEL = 'x'", after="def f(names):\n    names.update(MODEL='y')\n"
    ),
    "constant removed by text": method(
        "return {'model': MODEL}", before="MODEL = 'x'", after="def f(names):\n    names.pop('MODEL')\n"
    ),
    "function of a forbidden module": method("return {}", after="from codecs import register\n"),
    "constant replaced by globals()": method(
        "return {'model': MODEL}", before="MODEL = 'x'", after="def f(x):\n    globals()[x] = 'y'\n"
    ),
    "constant replaced by a generator": method(
        "return {'model': MODEL}", before="MODEL = 'x'\nG = ((MODEL := y) for y in 'yz')"
    ),
    "attribute replaced": method(
        "return {'model': self.M}", members="M = 'x'\n", after="def f(e):\n    e.M = 'y'\n"
    ),
    "attribute replaced by setattr": method(
        "return {'model': self.M}", members="M = 'x'\n", after="def f(e, x):\n    setattr(e, x, 'y')\n"
    ),
    "attribute replaced by __dict__": method(
        "return {'model': self.M}", members="M = 'x'\n", after="def f(e, x):\n    e.__dict__[x] = 'y'\n"
    ),
    "attribute replaced by __dict__ as text": method(
        "return {'model': self.M}",
        members="M = 'x'\n",
        after="def f(e, x):\n    getattr(e, '__dict__')[x] = 'y'\n",
    ),
    "attribute replaced by getattr's other name": method(
        "return {'model': self.M}", members="M = 'x'\n", after="g = getattr\n"
    ),
    "attribute replaced in a loop": method(
        "return {'model': self.M}",
        members="M = 'x'\n",
        after="def f(e, x):\n    for e.M in x:\n        pass\n",
    ),
    "attribute of the object replaced": method(
        "return {'model': self.m}",
        members="def __init__(self):\n    self.m = 'x'\n",
        after="def f(e):\n    e.m = 'y'\n",
    ),
    "constructed again": method(
        "return {'model': self.m}",
        members="def __init__(self, m='x'):\n    self.m = m\n",
        after="def f(e):\n    e.__init__('y')\n",
    ),
    "constructed again by a subclass": method(
        "return {'model': self.m}",
        members="def __init__(self, m='x'):\n    self.m = m\n",
        after="B = Extractor\nclass Extractor(B):\n    def again(self, m):\n        super().__init__(m)\n",
    ),
    "constructor run on a class": method(
        "return {'model': self.m}",
        members="m = 'x'\n",
        after="class Z:\n    def __init__(self):\n        self.m = 1\ndef f():\n    Z.__init__(Extractor)\n",
    ),
    "constructor of another object's base": method(
        "return {'model': self.m}",
        members="def __init__(self, m='x'):\n    self.m = m\n",
        after="""
        class Z(Extractor):
            def __init__(self, e):
                super(Z, e).__init__('y')
        """,
    ),
    "constructor that means another object": method(
        "return {'model': self.m}",
        members="m = 'x'\n",
        after="class Z:\n    def __init__(self, e):\n        self = e\n        self.m = 'y'\n",
    ),
    "method replaced": method(
        "return {}", after="def f():\n    Extractor.extract = lambda *x: {'sn': time.time()}\n"
    ),
    "module function replaced": method(
        "return {'sn': re.escape('x')}", after="def f():\n    re.escape = str\n"
    ),
    "file run again": method(
        "return {'model': M}", before="M = 1", after="def f():\n    execfile_('common.py')\n"
    ),
    # The request and the world.
    "address": method("return {'sn': request.getClientIP()}"),
    "address of TFTP": method("return {'sn': request['address'][0]}"),
    "another header": method("return {'sn': request.getHeader(b'X-Forwarded-For')}"),
    "a header by variable": method("name = 'Host'\nreturn {'sn': request.getHeader(name)}"),
    "all headers": method("return {'sn': request.requestHeaders.getRawHeaders(b'host')}"),
    "device": method("return {'sn': request.prov_dev['id']}"),
    "method": method("return {'sn': request.method}"),
    "mode of TFTP": method("return {'sn': request['packet']['mode']}"),
    "packet of TFTP": method("return {'sn': request['packet']}"),
    "request as text": method("return {'sn': f'{request}'}"),
    "request in a container": method("return {'sn': [request][0]}"),
    "request stored": method("self.last = request\nreturn {}"),
    "request given away": method("return {'sn': json.dumps(request)}"),
    "request by getattr": method("return {'sn': getattr(request, 'client')}"),
    "bound method of the request": method("f = request.getHeader\nreturn {'sn': f(b'Host')}"),
    "arguments changed": method("request.args.clear()\nreturn {}"),
    "arguments changed deeply": method("args = request.args\nargs[b'x'].append(b'y')\nreturn {}"),
    "request changed": method("request.path = b'/'\nreturn {}"),
    "time": method("return {'sn': time.time()}"),
    "random": method("return {'sn': random.random()}"),
    "environment": method("return {'sn': os.environ['HOME']}"),
    "current folder": method("return {'sn': os.path.abspath('x')}"),
    "a file's existence": method("return {'sn': os.path.exists('/tmp/x')}"),
    "socket": method("return {'sn': socket.gethostname()}"),
    "file": method("with open('/etc/hostname') as f:\n    return {'sn': f.read()}"),
    "file of a call": method("return {'sn': open('/etc/hostname').read()}"),
    "thread": method("return {'sn': threading.get_ident()}"),
    "identity": method("return {'sn': id(request.path)}"),
    "import": method("import time as t\nreturn {'sn': t.time()}"),
    "eval": method("return eval('time.time()')"),
    "look into a format's argument": method(
        "try:\n    int('x')\nexcept ValueError as e:\n    return {'sn': '{0.__traceback__}'.format(e)}"
    ),
    "format of worked-out text": method("return {'sn': request.path.decode().format(x=1)}"),
    "text of an iterator": method("return {'sn': str(x for x in 'ab')}"),
    "text of an iterator in a container": method("return {'sn': str(dict(x=zip()))}"),
    "text of an iterator as a default": method("return {'sn': str(next(iter(''), zip()))}"),
    "text of a Deferred": method("d = defer.succeed(1)\nreturn {'sn': '%s' % d}"),
    "Deferred with a callback": method("d = defer.succeed(1)\nd.addCallback(print)\nreturn d"),
    "unknown function": method("return {'sn': json.dumps(1)}"),
    "print": method("print(request.path)\nreturn {}"),
    # What Python lets a class do.
    "property": method("return {'sn': self.p}", members="@property\ndef p(self):\n    return time.time()\n"),
    "descriptor": method(
        "return {'sn': self.p}",
        before="class D:\n    def __get__(self, *x):\n        return time.time()\n",
        members="p = D()\n",
    ),
    "__getattr__": method(
        "return {'sn': self.p}", members="def __getattr__(self, name):\n    return time.time()\n"
    ),
    "__getattribute__": method(
        "return {}",
        members="def __getattribute__(self, name):\n    return object.__getattribute__(self, name)\n",
    ),
    "metaclass": "class M(type):\n    pass\n"
    + method("return {}").replace("Extractor:", "Extractor(metaclass=M):"),
    "slots": method(
        "return {'sn': self.m}", members="__slots__ = ('m',)\ndef __init__(self):\n    self.m = 'x'\n"
    ),
    "extract of the instance": method(
        "return {}",
        members="def __init__(self):\n    self.extract = lambda request, kind: {'sn': time.time()}\n",
    ),
    "function of the instance": method(
        "return {'sn': self.f()}", members="def __init__(self):\n    self.f = time.time\n"
    ),
    "table of the instance": method(
        "return {'sn': len(self.t)}", members="def __init__(self):\n    self.t = {}\n"
    ),
    "attribute of the instance set from outside": method(
        "return {'sn': self.m}", after="B = Extractor\ndef Extractor():\n    return E\nE = B()\nE.m = 'x'\n"
    ),
    "attribute of the instance and the class": method(
        "return {'sn': self.m}", members="m = 'x'\ndef __init__(self):\n    self.m = 'y'\n"
    ),
    "class replaced": method("return {}", after="def f(e):\n    e.__class__ = int\n"),
    "__getattribute__ that lies": method(
        "return {}", members="def __getattribute__(self, name):\n    return lambda *x: {'sn': time.time()}\n"
    ),
    "__getattr__ of a class without the attribute": method(
        "return {}", members="def __getattr__(self, name):\n    return time.time()\n"
    ),
    "attribute deleted": method("del self.m\nreturn {}", members="def __init__(self):\n    self.m = 1\n"),
    "constant of another module": method("return {'sn': time.timezone}"),
    ":= in a comprehension": method("x = [y := 1 for _ in '12']\nreturn {'sn': y}"),
    "type with a test of its own": method(
        "return {'sn': isinstance(1, C)}",
        before="""
        class M(type):
            def __instancecheck__(cls, x):
                return time.time() > 1
        class C(metaclass=M):
            pass
        """,
    ),
    "error with a metaclass": method(
        "try:\n    int('x')\nexcept C:\n    return {}",
        before="class M(type):\n    pass\nclass C(Exception, metaclass=M):\n    pass\n",
    ),
    "arguments by **": method("return f(**{'x': 1})", before="def f(x):\n    return {}\n"),
    "too many arguments": method("return f(1, 2)", before="def f(x):\n    return {}\n"),
    "too few arguments": method("return f()", before="def f(x):\n    return {}\n"),
    "the request itself": method("return request"),
    "an iterator from a cycle": method(
        "return {'sn': f(3)}", before="def f(n):\n    str(f(n - 1))\n    return zip()\n"
    ),
    "private name": method("return {'sn': self.__m}", members="__m = 'x'\n"),
    "operators of its own": method(
        "return {'sn': T + 1}",
        before="class C:\n    def __add__(self, x):\n        return time.time()\nT = C()\n",
    ),
    "self compared": method(
        "return {'sn': self == 1}", members="def __eq__(self, x):\n    return time.time() > 1\n"
    ),
    "self in a log": method(
        "logger.info('%s', self)\nreturn {}", members="def __repr__(self):\n    X.append(1)\n"
    ),
    "decorated with a cache": method(
        "return f(request.path)",
        before="""
        def cached(g):
            seen = {}
            def wrapper(x):
                seen[x] = g(x)
                return {'sn': len(seen)}
            return wrapper
        @cached
        def f(x):
            return x
        """,
    ),
    "closure": method(
        "return f()",
        before="""
        def make():
            n = 0
            def f():
                nonlocal n
                n += 1
                return {'sn': n}
            return f
        f = make()
        """,
    ),
    "lambda": method("return (lambda: {'sn': time.time()})()"),
    "lambda of the class": method("return self.f()", members="f = lambda self: {'sn': time.time()}\n"),
    "function within": method("def f():\n    return {'sn': time.time()}\nreturn f()"),
    "class within": method("class C:\n    x = time.time()\nreturn {'sn': C.x}"),
    "callable object": method(
        "return F()",
        before="class C:\n    def __call__(self):\n        return {'sn': time.time()}\nF = C()\n",
    ),
    "coroutine": method("return {}").replace("def extract", "async def extract"),
    "built-in name replaced": method(
        "return {'sn': len(request.path)}", before="def len(x):\n    return time.time()\n"
    ),
    "error with a constructor": method(
        "raise E(request.path)",
        before="class E(Exception):\n    def __init__(self, x):\n        X.append(x)\nX = []\n",
    ),
    "name of a comprehension and of the module": method(
        "x = [C for C in (1, 2)]\nreturn {'sn': C.get(1)}",
        before="class C:\n    @staticmethod\n    def get(x):\n        return time.time()\n",
    ),
    "function argument": method(
        "return {'sn': re.sub('x', f, 'x')}", before="def f(m):\n    return str(time.time())\n"
    ),
    "any number of arguments": method("return f(1)", before="def f(*args):\n    return {}\n"),
    "code replaced": method(
        "return f()",
        before="def f():\n    return {}\ndef g():\n    return {'sn': time.time()}\nf.__code__ = g.__code__\n",
    ),
    "a name that is the request or not": method("x = request if request.path else 1\nreturn {'sn': 1}"),
}


@pytest.mark.parametrize("name", DOUBTFUL)
@pytest.mark.parametrize("kind", [RequestType.HTTP, RequestType.TFTP])
def test_what_may_change_is_not_proven(tmp_path: Path, name: str, kind: RequestType) -> None:
    assert not is_proven_pure(load(tmp_path, DOUBTFUL[name]), kind)
