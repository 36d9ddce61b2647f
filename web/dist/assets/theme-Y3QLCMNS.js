"use strict";(()=>{try{let t=localStorage.getItem("betflow.theme");(t==="light"||t==="dark")&&(document.documentElement.dataset.theme=t)}catch{}})();
